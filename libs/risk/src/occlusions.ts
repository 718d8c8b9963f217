// What each of the last things a customer did still means: the network reads their steps again without it (occlusion, Zeiler & Fergus 2014). A
// second view beside the factors: what the counters know of an event stays, only the network's memory of it goes.
import { COUNTERS, type KeptStep, STEP, stepsOf } from '@holdfast/features';
import { type Artifact, initialLstmState, logitAt, type ScoringState, silenceDaysAt } from '@holdfast/model';
import { EVENT_TYPES, type EventType, type Millis } from '@holdfast/schemas';

import { advance } from './advance.js';
import { curveAfter } from './curve-after.js';
import { silentDaysIn } from './silent-days.js';

const MOST = 16;
/** So far the memory of the kept steps may miss the one that is on record. */
const TOLERANCE = 0.01;

/** One of the last steps. */
export interface Occlusion {
  readonly type: EventType;
  /** When it happened. */
  readonly at: Millis;
  /** Logit with the memory of it, minus the logit without; positive: towards churn. */
  readonly weight: number;
}

/**
 * The last steps, at most 16, newest first, by what the memory of each does to the logit at `now`. Empty before the first purchase, and where the
 * kept steps do not make the memory that is on record (of states of before they were kept, for the next dozen steps).
 * @param artifact what drew the state's curve
 */
export function occlusions(state: ScoringState, artifact: Artifact, now: Millis): Occlusion[] {
  const { h, curve, counters } = state;
  if (curve.length === 0 || counters.length !== COUNTERS.length) return [];
  const steps = [...stepsOf(state.steps)];
  const logitOf = (memory: Float32Array): number =>
    logitAt(
      artifact.knotsDays,
      curveAfter(artifact, memory, counters, silentDaysIn(counters)),
      silenceDaysAt(state, now),
    );
  const logitAfter = (read: readonly KeptStep[]): number => {
    const memory = initialLstmState(artifact.hidden);
    for (const { x } of read) advance(artifact, memory, x);
    return logitOf(memory.h);
  };
  const whole = logitAfter(steps);
  if (Math.abs(whole - logitOf(h)) > TOLERANCE) return [];
  return steps
    .map(({ at, x }, i) => ({ type: EVENT_TYPES[x[STEP.type]!]!, at, i }))
    .slice(-MOST)
    .map(({ i, ...step }) => ({ ...step, weight: whole - logitAfter(steps.toSpliced(i, 1)) }))
    .sort((a, b) => b.at - a.at);
}
