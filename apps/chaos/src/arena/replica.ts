// One process of one service.
import { join } from 'node:path';

import { Child, type ChildOptions } from './child.js';
import { repositoryRoot } from './repository.js';

/** Services of the pipeline, in the order in which records pass through them. */
export const SERVICES = ['ingest', 'features', 'scoring', 'dispatch'] as const;
export type Service = (typeof SERVICES)[number];

export interface ReplicaOptions extends Omit<ChildOptions, 'name' | 'program' | 'args'> {
  readonly service: Service;
  /** From 0. */
  readonly index: number;
}

export class Replica extends Child {
  constructor(readonly options: ReplicaOptions) {
    const { service, index, ...how } = options;
    const program = join(repositoryRoot, 'apps', 'chaos', 'dist', 'services', `${service}.js`);
    super({ ...how, name: `${service} ${index + 1}`, program });
  }
}
