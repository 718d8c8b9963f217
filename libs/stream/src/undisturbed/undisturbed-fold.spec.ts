import { describe, expect, it } from '@jest/globals';
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { DAY, HEADERS, RELEASE_SCHEMA, releaseCodec, TICK_SCHEMA, tickCodec } from '@holdfast/schemas';

import { bruteForce, type Expectation } from '../simulation/brute-force.js';
import { type Deed, DEEDS, MAX_BYTES, STAGES } from '../simulation/example-tasks.js';
import { Random } from '../simulation/random.js';
import { type AnyTask, UndisturbedFold } from './undisturbed-fold.js';

const WINDOW_DAYS = 3;
const PARTITION = 4;
const NO_META = { id: '', sequence: 0 };
/** In UTF-16 the last but one comes before the last, in UTF-8 after it. */
const PEOPLE = ['a', 'b', 'main/e', 'main/é', 'main/\u{1f600}', 'main/\uffee'];

/** A log with everything in it that a log may hold. */
function randomLog(seed: number, length: number): StoredRecord[] {
  const chance = new Random(seed);
  const random = () => chance.next();
  const below = (n: number) => chance.below(n);
  const pick = <T>(items: readonly T[]): T => chance.pick(items);
  const log: StoredRecord[] = [];
  const append = (record: BrokerRecord) => log.push({ ...record, offset: log.length });
  const control = (schema: string, value: Uint8Array) => append({ key: null, value, at, headers: { schema } });
  let at = 20_000 * DAY;
  while (log.length < length) {
    at += below(3) * 1_000 * below(20_000);
    const dice = random();
    const key = pick(PEOPLE);
    if (dice < 0.25) {
      control(TICK_SCHEMA, tickCodec.encode({ type: 'tick', at: at - below(3) * DAY }, NO_META));
    } else if (dice < 0.27) {
      control(RELEASE_SCHEMA, releaseCodec.encode({ type: 'release', at, artifact: `artifact-${below(9)}` }, NO_META));
    } else if (dice < 0.28) {
      control('unknown/1', new Uint8Array(3));
    } else if (dice < 0.3) {
      append({
        key,
        value: Buffer.from('{'),
        at,
        headers: { [HEADERS.eventId]: `e-${log.length}`, schema: 'deeds/1' },
      });
    } else if (dice < 0.34 && log.some((record) => record.key !== null)) {
      // Sent back: to this stage or another, the same letter again or a new one.
      const original = pick(log.filter((record) => record.key !== null));
      const letter = {
        [HEADERS.replayOf]: `letter-${below(20)}`,
        [HEADERS.replayFor]: pick(['tracer', 'tracer', 'x']),
      };
      append({ ...original, headers: { ...original.headers, ...letter } });
    } else {
      const deed: Deed = {
        id: `id-${below(length)}`,
        who: key,
        outputs: below(3),
        // Many at one instant: midnight.
        delay: random() < 0.2 ? null : (1 + below(3)) * DAY - (at % DAY),
        again: below(4),
        every: random() < 0.05 ? 0 : (1 + below(20)) * 3_600_000,
        mood: random() < 0.8 ? 'calm' : pick(['step fails', 'wake fails', 'too large', 'forgets']),
      };
      append({
        key,
        value: DEEDS.encode(deed, NO_META),
        at,
        headers: { [HEADERS.eventId]: deed.id, schema: 'deeds/1' },
      });
    }
  }
  return log;
}

/** As after crashes: what came last is written once more, now and then. */
function withRepetitions(records: readonly BrokerRecord[], chance: Random): StoredRecord[] {
  const log: BrokerRecord[] = [];
  for (const record of records) {
    log.push(record);
    if (chance.chance(0.02)) log.push(...log.slice(-5).filter(({ headers }) => headers[HEADERS.source] !== undefined));
  }
  return log.map((record, offset) => ({ ...record, offset }));
}

const text = (bytes: Uint8Array | null | undefined) => bytes && Buffer.from(bytes).toString('latin1');
const outputOf = ({ key, at, value, headers }: BrokerRecord) => ({ key, at, headers, value: text(value) });
type Letter = Pick<BrokerRecord, 'key' | 'at' | 'value'> & { readonly source: string; readonly schema: string };
const letterOf = ({ key, at, value, source, schema }: Letter) => ({ key, at, source, schema, value: text(value) });

/** Both in the same form. */
function resultOf(fold: UndisturbedFold, outputs: readonly BrokerRecord[]) {
  const { task, customers, messageIds, letters, source, now, duplicates, position, sharedBytes } = fold;
  return {
    outputs: outputs.map(outputOf),
    letters: letters.map(letterOf),
    customers: [...customers.values()]
      .filter(({ isKnown }) => isKnown)
      .map(({ key, state, inSequence, outSequence, wakeAt }) => ({
        ...{ key, inSequence, outSequence, wakeAt },
        state: state === undefined ? null : text(task.state.encode(state)),
      }))
      .filter(({ state, inSequence, outSequence }) => state !== null || inSequence + outSequence > 0),
    messageIds: [...messageIds].sort(),
    progress: {
      ...{ now, duplicates, position, shared: text(sharedBytes) ?? null },
      source: source && [source.logId, source.offset, source.index],
    },
  };
}

function expectationOf({
  outputs,
  letters,
  customers,
  messageIds,
  progress,
}: Expectation): ReturnType<typeof resultOf> {
  const { now, duplicates, position, shared, source } = progress;
  return {
    outputs: outputs.map(outputOf),
    letters: letters.map((letter) => {
      const { [HEADERS.source]: place, [HEADERS.schema]: schema } = letter.headers;
      return letterOf({ ...letter, source: place!, schema: schema! });
    }),
    customers: [...customers.values()]
      .map(({ key, state, inSequence, outSequence, wakeAt }) => ({
        ...{ key, inSequence, outSequence, wakeAt },
        state: text(state?.bytes) ?? null,
      }))
      .filter(({ state, inSequence, outSequence }) => state !== null || inSequence + outSequence > 0),
    messageIds: [...messageIds].sort(),
    progress: {
      ...{ now, duplicates, position, shared: text(shared?.bytes) ?? null },
      source: source && [source.logId, source.offset, source.index],
    },
  };
}

describe('the undisturbed fold', () => {
  it('makes of any log what looking at everybody for every record makes of it', () => {
    const seen = { outputs: 0, letters: 0, duplicates: 0, repetitions: 0 };
    for (let seed = 1; seed <= 60; seed++) {
      let log = randomLog(seed, 400);
      for (const { task, logId } of STAGES) {
        const place = { logId, partition: PARTITION, maxBytes: MAX_BYTES };
        const expected = bruteForce(task, log, { ...place, windowDays: WINDOW_DAYS });
        const fold = new UndisturbedFold(task as AnyTask, { ...place, duplicateWindowDays: WINDOW_DAYS });
        const outputs = log.flatMap((record) => fold.apply(record));
        expect(resultOf(fold, outputs)).toEqual(expectationOf(expected));
        expect(fold.complaints).toEqual([]);
        seen.outputs += outputs.length;
        seen.letters += fold.letters.length;
        seen.duplicates += fold.duplicates;
        log = withRepetitions(outputs, new Random(seed));
        seen.repetitions += log.length - outputs.length;
      }
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(500);
  });

  it('steps what is sent back late in another way, where the task has one', () => {
    const { task } = STAGES[1];
    const stepLate: NonNullable<AnyTask['stepLate']> = (state) => ({ state, outputs: [{ who: 'late' }] });
    const fold = new UndisturbedFold({ ...task, stepLate } as AnyTask, { logId: 'traces', partition: 0 });
    const trace = { value: Buffer.from('{"who":"a","at":1,"hash":1}'), key: 'a', at: 1 };
    const sentBack = { [HEADERS.replayOf]: 'letter', [HEADERS.replayFor]: task.name };
    const apply = (offset: number, sequence: number, headers: Record<string, string>) =>
      fold
        .apply({ ...trace, offset, headers: { ...headers, [HEADERS.sequence]: String(sequence) } })
        .map(({ value }) => (JSON.parse(text(value)!) as { who: string }).who);
    apply(0, 1, {});
    apply(1, 2, {});
    expect(apply(2, 1, sentBack)).toEqual(['late']);
    expect(apply(3, 2, { ...sentBack, [HEADERS.replayOf]: 'other' })).not.toContain('late');
    expect(apply(4, 1, sentBack)).toEqual([]);
    expect(fold.customers.get('a')).toMatchObject({ inSequence: 2 });
    expect(fold.complaints).toEqual([]);
  });

  it('says so when a record of a customer is missing', () => {
    const { task, logId } = STAGES[1];
    const log = randomLog(1, 400);
    const first = new UndisturbedFold(STAGES[0].task as AnyTask, { logId: 'deeds', partition: 0 });
    const outputs = log.flatMap((record) => first.apply(record));
    const { key } = outputs.find(({ headers }) => headers[HEADERS.sequence] === '3')!;
    const lost = outputs.findIndex((each) => each.key === key && each.headers[HEADERS.sequence] === '2');
    const fold = new UndisturbedFold(task as AnyTask, { logId, partition: 0 });
    for (const [offset, record] of outputs.entries()) if (offset !== lost) fold.apply({ ...record, offset });
    expect(fold.complaints).toEqual([expect.stringMatching(`^offset \\d+: record 3 of ${key} follows 1$`)]);
  });
});
