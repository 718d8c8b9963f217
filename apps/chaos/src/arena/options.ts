// What an arena is made of.
import { type TrafficOptions } from '../load/traffic.js';
import { HORIZON_SECONDS } from './quick-release.js';
import { type Service } from './replica.js';

export type Client = 'platformatic' | 'kafkajs';

export interface ArenaOptions {
  readonly client: Client;
  readonly seed: number;
  /** Kafka nodes. */
  readonly brokers: number;
  readonly partitions: number;
  /** The services reach Kafka and PostgreSQL through proxies of ours. */
  readonly isProxied: boolean;
  /** PostgreSQL has a disk of its own that can be filled, where this machine allows mounts. */
  readonly isDatabaseDiskSmall: boolean;
  readonly replicas: Readonly<Record<Service, number>>;
  /** Who has the clock of the log at first; with `replay` the load waits until it is resumed. */
  readonly clock: 'live' | 'replay';
  /** Of the model: see quick-release.ts. */
  readonly horizonSeconds: number;
  readonly perSecond: number;
  /** Events in one request. */
  readonly batch: number;
  readonly traffic: Omit<TrafficOptions, 'seed'>;
  /** `counts`: for logs too long to be computed again; see the checker. */
  readonly check: 'full' | 'counts';
  /** Settings of the services besides where things are. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long things take counts: not beside other work. */
  readonly judgesTimes: boolean;
  /** Shortens what is repeated, for the run that belongs to the tests: strikes needed are cut to this share. */
  readonly effort: number;
}

/** Where there is no Kafka there is no client. */
export type CommonOptions = Omit<ArenaOptions, 'client'>;

export const USUAL: Omit<CommonOptions, 'seed' | 'effort' | 'judgesTimes'> = {
  brokers: 1,
  partitions: 6,
  isProxied: false,
  isDatabaseDiskSmall: false,
  replicas: { ingest: 2, features: 2, scoring: 2, dispatch: 2 },
  clock: 'live',
  horizonSeconds: HORIZON_SECONDS,
  perSecond: 200,
  batch: 20,
  traffic: {},
  check: 'full',
  environment: {},
};
