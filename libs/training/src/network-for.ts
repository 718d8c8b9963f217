// What a shop is served by: with few customers the prior and what these say, with more a network of its own.
import { type Artifact } from '@holdfast/model';

import { type FittedCalibration, UNCALIBRATED } from './calibration.js';
import { customersOf, ENOUGH, labelledRows, startCold } from './cold-start.js';
import { fitServed, type ServedFit, type ServedOptions } from './fit-served.js';
import { type ChurnTask } from './models/churn-model.js';

/** A prior that is there already. */
export interface GivenPrior {
  readonly artifact: Artifact;
  /** SHA-256 of its file. */
  readonly hash: string;
  /** What it has learnt from. */
  readonly shops: readonly { readonly name: string; readonly dataHash: string }[];
}

/** How a network came about. */
export type Origin = ({ readonly kind: 'network' } & Omit<ServedFit, 'artifact'>) | ColdOrigin;

/** It is a prior, and what the customers of the shop say. */
export interface ColdOrigin {
  readonly kind: 'cold start';
  readonly customers: number;
  /** Weight of what they say, 0..1. */
  readonly weight: number;
  readonly calibration: FittedCalibration;
  readonly prior: Omit<GivenPrior, 'artifact'>;
}

/** What to go by. */
export interface NetworkOptions extends ServedOptions {
  /** Asked for where fewer than {@link ENOUGH} customers are labelled, unless it goes on `from` a release. Null, and by default: none. */
  prior?(): Promise<GivenPrior | null>;
}

/** `artifact`: calibrated, its thresholds still to be chosen. Nothing of validation is learnt from but the calibration of a network. */
export async function networkFor(
  task: ChurnTask,
  options: NetworkOptions,
): Promise<{ readonly artifact: Artifact; readonly origin: Origin }> {
  const needsOne = options.prior && !options.from && customersOf(labelledRows(task)) < ENOUGH;
  const prior = needsOne ? await options.prior!() : null;
  if (!prior) {
    const { artifact, ...fit } = await fitServed(task, options);
    return { artifact, origin: { kind: 'network', ...fit } };
  }
  const { artifact, customers, weight } = startCold(prior.artifact, task, options.seed);
  const { hash, shops } = prior;
  return {
    artifact,
    origin: { kind: 'cold start', customers, weight, calibration: UNCALIBRATED, prior: { hash, shops } },
  };
}
