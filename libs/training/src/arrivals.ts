// The head that tells when a customer will come next, fitted beside a network that is there: the censored likelihood of the days from the last
// activity of a session to the next session, −log f(t) where that came, −log S(t) where it had not by the end of what is known (model.md §4).
//   S(t) = π + (1 − π)·E,  E = e^−u,  u = (t/α)^β;  log f(t) = log(1 − π) + log β − log t + log u − u
// given that the visit is over: no gap is shorter than what parts two sessions, so both are divided by S of that.
import { SESSION_GAP, WIDE_SIZE, wideAt } from '@holdfast/features';
import {
  type Arrival,
  arrivalInputs,
  type ArrivalWeights,
  type Artifact,
  CURE_LOGIT,
  held,
  LOG_SCALE,
  LOG_SHAPE,
  sigmoid,
  unitDaysOf,
  writeArrivalInputs,
} from '@holdfast/model';
import { silentDaysIn } from '@holdfast/risk';
import { DAY, type Millis } from '@holdfast/schemas';

import { type History, lastBefore } from './history.js';
import { minimise, type Slope } from './lbfgs.js';
import { randomFor, shuffled } from './random.js';
import { replay } from './served.js';

/** What parts two sessions. */
const GAP_DAYS = SESSION_GAP / DAY;
/** Sessions learnt from at most: more of them change nothing that can be seen. */
const MOST_GAPS = 40_000;
/** Below so many, a shop's own time stamps and habits cannot be told from chance. */
const FEWEST_GAPS = 200;
/** Of the squared weights, to the mean of the likelihood. */
const PENALTY = 1e-3;

/** The time after one session. */
export interface Gap {
  /** [h, z, 1] at its end. */
  readonly inputs: Float32Array;
  readonly days: number;
  /** The next session came; else it had not after `days`. */
  readonly ended: boolean;
}

/** Sessions that ended in [from, until], and what had come of them by `knownUntil`. */
export interface GapPeriod {
  readonly from: Millis;
  readonly until: Millis;
  readonly knownUntil: Millis;
}

/** The gaps after each session of a customer who has bought, in order. */
export function gapsOf(artifact: Artifact, history: History, { from, until, knownUntil }: GapPeriod): Gap[] {
  const { moments } = history;
  const gaps: Gap[] = [];
  const wide = new Float32Array(WIDE_SIZE);
  const acts = moments.flatMap(({ acted }, index) => (acted ? [index] : []));
  const nextOf = new Map(acts.map((index, i) => [index, acts[i + 1]]));
  replay(
    artifact,
    history,
    lastBefore(history, until + 1),
    ({ at, acted, lastActivityAt, orders, w }, index, { h }) => {
      if (!acted || at < from || orders < 1) return;
      // As scoring counts: from the activity, not from when it became known.
      const since = lastActivityAt!;
      const next = moments[nextOf.get(index) ?? -1]?.lastActivityAt ?? undefined;
      if (next !== undefined && next - since <= SESSION_GAP) return;
      const ended = next !== undefined && next <= knownUntil;
      const days = ((ended ? next : knownUntil) - since) / DAY;
      if (!(days > GAP_DAYS)) return;
      wideAt(w, -silentDaysIn(w), artifact.scale, wide);
      const inputs = new Float32Array(arrivalInputs(artifact));
      writeArrivalInputs(artifact, { h, wide }, inputs);
      gaps.push({ inputs, days, ended });
    },
  );
  return gaps;
}

/** The head of an artifact, from customers drawn by chance; null when there are fewer than {@link FEWEST_GAPS} gaps. */
export function fitArrivals(
  artifact: Artifact,
  histories: readonly History[],
  period: GapPeriod,
): ArrivalWeights | null {
  const gaps: Gap[] = [];
  for (const history of shuffled([...histories], randomFor(artifact.seed, 'arrivals'))) {
    for (const gap of gapsOf(artifact, history, period)) gaps.push(gap);
    if (gaps.length >= MOST_GAPS) break;
  }
  if (gaps.filter(({ ended }) => ended).length < FEWEST_GAPS) return null;
  return fitGaps(gaps, unitDaysOf(artifact));
}

/** The likeliest head for gaps. */
export function fitGaps(gaps: readonly Gap[], unitDays: number): ArrivalWeights {
  const size = gaps[0]!.inputs.length;
  const start = new Float64Array(3 * size);
  start[size - 1] = Math.log(0.3 / 0.7);
  start[2 * size - 1] = Math.log(medianDays(gaps) / unitDays);
  const best = minimise((at) => slopeOf(gaps, unitDays, at), start, { tolerance: 1e-4, most: 200 });
  const [cure, scale, shape] = [0, 1, 2].map((k) => Float32Array.from(best.subarray(k * size, (k + 1) * size)));
  return { cure: cure!, scale: scale!, shape: shape! };
}

const medianDays = (gaps: readonly Gap[]): number =>
  gaps.map(({ days }) => days).sort((a, b) => a - b)[gaps.length >> 1]!;

/** Mean of −log likelihood and the penalty, with the gradient; `at`: weights of logit π, log α and log β, one after the other. */
function slopeOf(gaps: readonly Gap[], unit: number, at: Float64Array): Slope {
  const size = at.length / 3;
  const gradient = new Float64Array(at.length);
  let value = 0;
  for (const { inputs, days, ended } of gaps) {
    const sums = [0, 0, 0];
    for (let k = 0; k < 3; k++) for (let i = 0; i < size; i++) sums[k]! += at[k * size + i]! * inputs[i]!;
    const [cure, scale, shape] = [held(sums[0]!, CURE_LOGIT), held(sums[1]!, LOG_SCALE), held(sums[2]!, LOG_SHAPE)];
    const { loss, slopes } = lossOf({ cure, scale: scale + Math.log(unit), shape }, days, ended);
    value += loss / gaps.length;
    // Nothing pulls on what is held.
    const pulls = slopes.map((slope, k) => (sums[k] === [cure, scale, shape][k] ? slope / gaps.length : 0));
    for (let k = 0; k < 3; k++)
      if (pulls[k] !== 0) for (let i = 0; i < size; i++) gradient[k * size + i]! += pulls[k]! * inputs[i]!;
  }
  for (let k = 0; k < at.length; k++) {
    if (k % size === size - 1) continue; // the intercepts are free
    value += (PENALTY / 2) * at[k]! ** 2;
    gradient[k]! += PENALTY * at[k]!;
  }
  return { value, gradient };
}

/** Of a customer: logit π, log α (days), log β. */
interface Parameters {
  readonly cure: number;
  readonly scale: number;
  readonly shape: number;
}

/** A −log likelihood, and its derivatives by the parameters. */
interface GapLoss {
  readonly loss: number;
  readonly slopes: readonly number[];
}

/** Of one gap, given that it is longer than what parts two sessions. */
function lossOf(parameters: Parameters, days: number, ended: boolean): GapLoss {
  const whole = plainLossOf(parameters, days, ended);
  const given = plainLossOf(parameters, GAP_DAYS, false);
  return {
    loss: whole.loss - given.loss,
    slopes: whole.slopes.map((slope, k) => slope - given.slopes[k]!),
  };
}

/** Of one gap. */
function plainLossOf({ cure, scale, shape }: Parameters, days: number, ended: boolean): GapLoss {
  const pi = sigmoid(cure);
  const beta = Math.exp(shape);
  const logU = beta * (Math.log(days) - scale);
  const u = Math.exp(Math.min(logU, 40));
  if (ended) {
    const loss = -(Math.log1p(-pi) + shape - Math.log(days) + logU - u);
    return { loss, slopes: [pi, beta * (1 - u), -(1 + (1 - u) * logU)] };
  }
  const rest = Math.exp(-u);
  const survival = pi + (1 - pi) * rest;
  const fall = ((1 - pi) * rest * u) / survival;
  return {
    loss: -Math.log(survival),
    slopes: [(-pi * (1 - pi) * (1 - rest)) / survival, -beta * fall, fall * logU],
  };
}

/** Mean −log likelihood of gaps under what an arrival head says of each. */
export const arrivalLoss = (gaps: readonly Gap[], arrivalOf: (gap: Gap) => Arrival): number =>
  gaps.reduce((sum, gap) => {
    const { pi, alpha, beta } = arrivalOf(gap);
    const parameters = { cure: Math.log(pi / (1 - pi)), scale: Math.log(alpha), shape: Math.log(beta) };
    return sum + lossOf(parameters, gap.days, gap.ended).loss;
  }, 0) / gaps.length;
