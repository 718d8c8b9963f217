// A crossing by silence is untrue when it turns out that the silence had ended before it: what the customer did was only heard of later. It stays true
// if the silence that then began would have led to that tier as well, before it ended.
import { type Artifact, crossingsAhead, type PastCrossing, type ScoringState } from '@holdfast/model';
import { COUNTER, stepsBefore } from '@holdfast/features';
import { DAY, type FeatureRecord, type Millis } from '@holdfast/schemas';

import { advance, readSteps } from './advance.js';
import { curveAfter } from './curve-after.js';
import { silentDaysIn } from './silent-days.js';

/** So long crossings are kept, as long as features put late events in their place. */
const KEPT_FOR: Millis = 7 * DAY;
const MOST_KEPT = 16;

/** The past crossings of a customer with one more. */
export const withCrossing = (crossings: readonly PastCrossing[], crossing: PastCrossing): readonly PastCrossing[] =>
  [...crossings.filter(({ at }) => at > crossing.at - KEPT_FOR), crossing].slice(-MOST_KEPT);

/** A customer before and after a record. */
export interface Told {
  readonly before: ScoringState;
  readonly record: FeatureRecord;
  readonly after: ScoringState;
}

/** The past crossings that are untrue now that a record has told what the customer did before them. @param artifact what drew the curve of `after` */
export function untrueCrossings({ before, record, after }: Told, artifact: Artifact): readonly PastCrossing[] {
  if (record.kind !== 'activity') return [];
  const doubtful = before.crossings.filter(({ at }) => at > record.occurredAt);
  if (doubtful.length === 0) return [];
  const silences = silencesSince({ before, record, after }, artifact);
  return doubtful.filter((crossing) => {
    const i = silences.findLastIndex(({ from }) => from <= crossing.at);
    const until = silences[i + 1]?.from ?? Infinity;
    const silent = { ...after, ...silences[i], tier: crossing.from };
    return !crossingsAhead(silent, artifact, silent.lastActivityAt).some(
      ({ tier, at }) => tier >= crossing.to && at < until && at <= Math.max(after.toldUntil, crossing.at),
    );
  });
}

/** A stretch in which nothing happened. */
interface Silence extends Pick<ScoringState, 'curve' | 'lastActivityAt' | 'lost'> {
  readonly from: Millis;
}

/** Those from what a record tells of on, in order: the last one goes on. */
function silencesSince({ before, record, after }: Told, artifact: Artifact): Silence[] {
  const { curve, lastActivityAt, lost } = after;
  const last = { from: record.occurredAt, curve, lastActivityAt, lost };
  if (!record.rebuilt) return [last];
  const memory = readSteps(artifact, stepsBefore(before.steps, record.occurredAt));
  return record.rebuilt.map(({ at, x, w }, i, { length }) => {
    advance(artifact, memory, x);
    if (i === length - 1) return { ...last, from: at };
    const silent = silentDaysIn(w);
    return {
      from: at,
      curve: Float32Array.from(w[COUNTER.orders]! > 0 ? curveAfter(artifact, memory.h, w, silent) : []),
      lastActivityAt: Math.round(at - silent * DAY),
      lost: 0,
    };
  });
}
