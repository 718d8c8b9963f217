// A shop with few customers (model.md §7): the prior, with a slope and a level of its own, and beside it what the shop's own customers say, by
// regression. With n customers whose outcome is known the shop weighs n / (n + 100):
//   logit = (1 − w)(level + slope · prior) + w · regression.
// Both are linear in what leaves the network, so the mixture is a network again and is served like any other: off a curve that never falls. What
// that lifts where the mixture falls is taken off the level in the end.
import { type Artifact } from '@holdfast/model';

import { type Calibration } from './calibration.js';
import { fitHeldCalibration, FIXED, SPREAD } from './held-calibration.js';
import { type History } from './history.js';
import { scaleOf } from './median-order.js';
import { type ChurnTask } from './models/churn-model.js';
import { atRiskAt, type AtRisk } from './population.js';
import { priorIn } from './prior.js';
import { servedLogits } from './served.js';
import { fitWideRegression, type WideRegression } from './wide-regression.js';

/** Labelled customers with whom the shop weighs as much as the prior. */
const EVEN = 100;
/** Labelled customers from whom on a network of the shop's own is better. */
export const ENOUGH = 2_000;

/** A shop, and how its time is cut. */
export type ColdShop = Pick<ChurnTask, 'histories' | 'split' | 'horizonDays' | 'activeDays' | 'minPurchases'>;

/** A network for a shop with few customers, and how it came about. */
export interface ColdStart {
  readonly artifact: Artifact;
  /** Customers that it has learnt from. */
  readonly customers: number;
  /** Weight of what they say, 0..1. */
  readonly weight: number;
}

/** Everybody at risk at a training cut-off, the rows of a customer together. */
export const labelledRows = ({ histories, split, ...definition }: ColdShop): AtRisk[] =>
  histories.flatMap((history) => split.cutoffs.flatMap((at) => atRiskAt([history], at, definition)));

/** Customers in some rows. */
export const customersOf = (population: readonly AtRisk[]): number =>
  new Set(population.map(({ history }) => history)).size;

/**
 * Mixes the prior with what the customers say who were at risk at the training cut-offs. Where there are none, or of one class only: the prior
 * as it is.
 */
export function startCold(prior: Artifact, shop: ColdShop, seed: number): ColdStart {
  const general = priorIn(prior, shop, scaleOf(shop));
  const population = labelledRows(shop);
  const y = Uint8Array.from(population, ({ churned }) => Number(churned));
  const customers = customersOf(population);
  if (!y.includes(0) || !y.includes(1)) return { artifact: general, customers, weight: 0 };
  const weight = customers / (customers + EVEN);
  const weights = oneEach(population);
  const calibration = fitHeldCalibration({ logits: servedLogits(general, population), y, weights }, SPREAD);
  const own = fitWideRegression(population, y, { scale: general.scale, seed });
  const mixture = mixed(general, calibration, own, weight);
  const { level } = fitHeldCalibration({ logits: servedLogits(mixture, population), y, weights }, FIXED);
  const { kernel, bias } = mixture.output;
  return { artifact: { ...mixture, output: { kernel, bias: bias + level } }, customers, weight };
}

/** Of each row 1 ÷ the rows of its customer. */
function oneEach(population: readonly AtRisk[]): Float64Array {
  const rows = new Map<History, number>();
  for (const { history } of population) rows.set(history, (rows.get(history) ?? 0) + 1);
  return Float64Array.from(population, ({ history }) => 1 / rows.get(history)!);
}

/** (1 − weight)(level + slope · logit of the network) + weight · regression. */
export function mixed(
  network: Artifact,
  { slope, level }: Calibration,
  { bias, weights }: WideRegression,
  weight: number,
): Artifact {
  const { output, skip, scaler, calibration } = network;
  const kept = (1 - weight) * slope * calibration.slope;
  const atMean = weights.reduce((sum, each, k) => sum + each * scaler.mean[k]!, bias);
  return {
    ...network,
    metrics: {}, // of the prior
    calibration: { slope: 1 },
    output: {
      kernel: output.kernel.map((each) => kept * each),
      bias: kept * output.bias + (1 - weight) * level + weight * atMean,
    },
    skip: skip.map((each, k) => kept * each + weight * weights[k]! * scaler.deviation[k]!),
  };
}
