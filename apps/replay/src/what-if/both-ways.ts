// The shop's own log, lived through twice at once: as it was, and as it might have been.
import { scan } from '@holdfast/broker';
import { findTopics } from '@holdfast/postgres';
import { plainCode, type Policy, type Rules } from '@holdfast/policy';
import { BEHAVIOR_EVENTS, HEADERS, isCanaryKey, type Millis, RELEASE_SCHEMA, releaseCodec } from '@holdfast/schemas';
import { type Resources, UndisturbedFold } from '@holdfast/stream';
import { featuresTask, type Models } from '@holdfast/tasks';

import { Course, type Crossed, type Decided } from './course.js';

/** One way, of all partitions. */
export interface Way {
  readonly crossed: readonly Crossed[];
  readonly decided: readonly Decided[];
}

export interface BothWays {
  readonly was: Way;
  readonly whatIf: Way;
  readonly events: number;
  readonly customers: number;
  /** From the first event to the last time that the log tells; null: there is no event. */
  readonly span: { readonly from: Millis; readonly until: Millis } | null;
  /** The release that the log named last; null: none. */
  readonly lastRelease: string | null;
}

export interface Ways {
  readonly was: Models;
  readonly whatIf: Models;
  readonly rules: Rules;
  /** Told after each partition. */
  readonly onProgress: (done: number, partitions: number) => void;
  readonly signal: AbortSignal;
}

/** Reads the log to its present end. Throws `ArtifactError` when a release that it names is not there. */
export async function liveBothWays({ broker, database }: Resources, ways: Ways): Promise<BothWays> {
  const [topic] = await findTopics(database, [BEHAVIOR_EVENTS.name]);
  const bounds = await broker.bounds(BEHAVIOR_EVENTS.name);
  const sums = { was: emptyWay(), whatIf: emptyWay(), events: 0, customers: 0 };
  let [from, until, lastRelease] = [Infinity, -Infinity, null as string | null];
  for (const [partition, stretch] of bounds.entries()) {
    const features = new UndisturbedFold(featuresTask, { logId: topic?.logId ?? '', partition });
    // Codes are not told to anybody.
    const codeOf = (id: string) => plainCode(id);
    const policy: Policy = { rules: ways.rules, partition, partitions: bounds.length, codeOf };
    const courses = { was: new Course(ways.was, policy), whatIf: new Course(ways.whatIf, policy) };
    let offset = 0;
    for await (const record of scan(broker, { topic: BEHAVIOR_EVENTS.name, partition }, stretch)) {
      ways.signal.throwIfAborted();
      until = Math.max(until, record.at);
      if (isCanaryKey(record.key)) continue;
      if (record.headers[HEADERS.schema] === RELEASE_SCHEMA) {
        lastRelease = releaseCodec.decode(record.value).artifact;
        for (const models of [ways.was, ways.whatIf]) models.get(lastRelease);
      }
      for (const output of features.apply(record)) {
        for (const course of [courses.was, courses.whatIf]) course.take({ ...output, offset });
        offset += 1;
        if (output.key === null) continue;
        sums.events += 1;
        from = Math.min(from, output.at);
      }
    }
    sums.customers += features.customers.size;
    for (const way of ['was', 'whatIf'] as const) {
      for (const crossed of courses[way].crossed) sums[way].crossed.push(crossed);
      for (const decided of courses[way].decided) sums[way].decided.push(decided);
    }
    ways.onProgress(partition + 1, bounds.length);
  }
  return { ...sums, span: sums.events > 0 ? { from, until } : null, lastRelease };
}

const emptyWay = (): { readonly crossed: Crossed[]; readonly decided: Decided[] } => ({ crossed: [], decided: [] });
