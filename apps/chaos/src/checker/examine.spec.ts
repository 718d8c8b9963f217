import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StoredRecord } from '@holdfast/broker';
import { type Database } from '@holdfast/postgres';
import {
  BEHAVIOR_REJECTED,
  CUSTOMER_FEATURES,
  CUSTOMER_RISK,
  deadLetterTopic,
  HEADERS,
  INTERVENTION_EVENTS,
  type InterventionEvent,
} from '@holdfast/schemas';

import { type Delivery, type Verdict } from '../evidence.js';
import { examine, type ExamineOptions } from './examine.js';
import { LogReader, type ReaderNotes } from './log-reader.js';
import { type SmallRun, smallRun } from './small-run.fixture.js';
import { tamperedLog, type Tampering } from './tampered-log.fixture.js';

let run: SmallRun;
beforeAll(async () => {
  run = await smallRun();
});
afterAll(() => run?.close());

/** What is not as the run left it. */
interface Spoilt {
  readonly sql?: string;
  readonly log?: Tampering;
  readonly accepted?: string;
  readonly deliveries?: (deliveries: readonly Delivery[], database: Database) => Promise<readonly Delivery[]>;
}

async function verdictOn(spoilt: Spoilt, options: Partial<ExamineOptions> = {}): Promise<Verdict> {
  let { evidence } = run;
  const databaseUrl = await run.copy(async (database) => {
    if (spoilt.sql !== undefined) expect(await database.query(`${spoilt.sql} returning 1`)).not.toEqual([]);
    if (spoilt.deliveries)
      evidence = { ...evidence, deliveries: await spoilt.deliveries(evidence.deliveries, database) };
  });
  const accepted = new Set([...evidence.accepted, ...(spoilt.accepted === undefined ? [] : [spoilt.accepted])]);
  const broker = spoilt.log ? await tamperedLog(run.broker, run.read, spoilt.log) : run.broker;
  return examine({ ...evidence, accepted, databaseUrl }, { broker, ...options });
}

/** Reads the same topics apart. */
async function otherReader(counts: ReadonlyMap<string, number>): Promise<ReaderNotes> {
  const reader = new LogReader(run.broker);
  for (const topic of counts.keys())
    for (const partition of [0, 1]) for await (const _ of reader.read(topic, partition));
  return reader.notes;
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const text = (record: StoredRecord): string => Buffer.from(record.value).toString();
const isAbout = (record: StoredRecord): boolean => record.key !== null;
/** The same JSON, and yet other bytes. */
const spaced = (record: StoredRecord): StoredRecord => ({ ...record, value: bytes(`${text(record)} `) });
const headed = (record: StoredRecord, headers: Record<string, string>): StoredRecord => ({
  ...record,
  headers: { ...record.headers, ...headers },
});
const without = (records: readonly StoredRecord[], lost: StoredRecord): StoredRecord[] =>
  records.filter((record) => record !== lost);
const replaced = (records: readonly StoredRecord[], old: StoredRecord, by: StoredRecord): StoredRecord[] =>
  records.map((record) => (record === old ? by : record));
const appended = (records: readonly StoredRecord[], added: StoredRecord): StoredRecord[] => [
  ...records,
  { ...added, offset: records.at(-1)!.offset + 1 },
];
/** What two records say changes places. */
const swapped = (records: readonly StoredRecord[], a: StoredRecord, b: StoredRecord): StoredRecord[] =>
  records.map((record) => {
    if (record === a) return { ...b, offset: a.offset };
    return record === b ? { ...a, offset: b.offset } : record;
  });
const interventions = (records: readonly StoredRecord[], type: InterventionEvent['type']) =>
  records.filter(({ value }) => INTERVENTION_EVENTS.decode(value).type === type);
/** Whether it is the first of its source; the others are skipped by their readers. */
const isFirst = (record: StoredRecord, i: number, records: readonly StoredRecord[]): boolean =>
  records.findIndex(({ headers }) => headers[HEADERS.source] === record.headers[HEADERS.source]) === i;
const isRepetition = (...given: Parameters<typeof isFirst>): boolean => !isFirst(...given);
/** Without a record and all its repetitions. */
const never = (records: readonly StoredRecord[], lost: StoredRecord): StoredRecord[] =>
  records.filter(({ headers }) => headers[HEADERS.source] !== lost.headers[HEADERS.source]);

const features = (change: Tampering['change']): Spoilt => ({
  log: { topic: CUSTOMER_FEATURES.name, partition: 0, change },
});
const risk = (change: Tampering['change']): Spoilt => ({ log: { topic: CUSTOMER_RISK.name, partition: 1, change } });
const told = (change: Tampering['change']): Spoilt => ({
  log: { topic: INTERVENTION_EVENTS.name, partition: 0, change },
});
const letters = (change: Tampering['change']): Spoilt => ({
  log: { topic: deadLetterTopic('features'), partition: 1, change },
});
const rejected = (change: Tampering['change']): Spoilt => ({
  log: { topic: BEHAVIOR_REJECTED.name, partition: 0, change },
});
const deliveries = (change: (deliveries: readonly Delivery[]) => readonly Delivery[]): Spoilt => ({
  deliveries: async (given) => change(given),
});
/** A delivery that should not have been, of the decision that a query finds. */
const deliveredTo = (sql: string): Spoilt => ({
  async deliveries(given, database) {
    const [row] = await database.query<{ id: string }>(`select id from decisions d where ${sql} order by id limit 1`);
    return [...given, { channel: 'email', key: row!.id, decisionId: row!.id }];
  },
});
const one = (table: string, where = 'true') => `ctid = (select ctid from ${table} where ${where} limit 1)`;

/** Left out: exactly none. `some`: more follows from it. */
interface Expected {
  readonly lost?: number | 'some';
  readonly doubled?: number | 'some';
  readonly says: RegExp;
}
const CASES: readonly (readonly [what: string, spoilt: Spoilt, expected: Expected])[] = [
  ['an accepted event that is nowhere', { accepted: 'ghost' }, { lost: 1, says: /^ghost was accepted and is neither/ }],
  ['a refused event that was not kept', rejected(() => []), { lost: 1, says: /^refused was accepted and is neither/ }],
  [
    'an event both refused and applied',
    rejected(([record]) => [
      { ...record!, value: bytes(text(record!).replace('"messageId":"refused"', '"messageId":"m-0"')) },
      { ...record!, offset: record!.offset + 1 },
    ]),
    { doubled: 1, says: /^m-0 is in behavior\.events and in behavior\.rejected/ },
  ],
  [
    'a feature record that was never written',
    features((records) => never(records, records.findLast(isAbout)!)),
    { lost: 'some', doubled: 'some', says: /^customer\.features .* was never written/ },
  ],
  [
    'a feature record written twice, each time with a source of its own',
    features((records) => {
      const source = records.at(-1)!.headers[HEADERS.source]!.replace(/0$/, '1');
      return appended(records, headed(records.findLast(isAbout)!, { [HEADERS.source]: source }));
    }),
    { lost: 'some', doubled: 'some', says: /^m-\d+ was applied 2 times/ },
  ],
  [
    'two feature records of a customer in the wrong order',
    features((records) => {
      const own = records.filter(isFirst).filter(({ key }) => key === records.find(isAbout)!.key);
      return swapped(records, own[1]!, own[2]!);
    }),
    { lost: 'some', doubled: 'some', says: /is number \d+ of its customer and follows \d+/ },
  ],
  [
    'a record written again with other bytes',
    features((records) => replaced(records, records.find(isRepetition)!, spaced(records.find(isRepetition)!))),
    { says: /was written again as something else/ },
  ],
  [
    'a risk record with another value',
    risk((records) => replaced(records, records.find(isAbout)!, spaced(records.find(isAbout)!))),
    { says: /^customer\.risk .* has another value than undisturbed/ },
  ],
  [
    'a tick that was passed on with another id',
    risk((records) => replaced(records, records.at(-1)!, headed(records.at(-1)!, { [HEADERS.eventId]: 'x' }))),
    { says: /has another header event-id than undisturbed/ },
  ],
  [
    'a risk event written twice, each time with a source of its own',
    risk((records) => {
      const source = records.at(-1)!.headers[HEADERS.source]!.replace(/\.(\d+)$/, '.9$1');
      return appended(records, headed(records.findLast(isAbout)!, { [HEADERS.source]: source }));
    }),
    { doubled: 1, says: /would not exist without the disturbance/ },
  ],
  [
    'a record that no stage wrote',
    risk((records) => appended(records, { ...records.at(-1)!, headers: {} })),
    { doubled: 1, says: /has no source/ },
  ],
  [
    'a dead letter that was never written',
    letters((records) => never(records, records[0]!)),
    { lost: 2, says: /^bad-7 is in behavior\.events, and neither applied nor a dead letter/ },
  ],
  [
    'a dead letter too many',
    letters((records) => appended(records, headed(records.at(-1)!, { [HEADERS.source]: 'x/1/1.0' }))),
    { says: /^features\.dead-letters .* would not exist undisturbed/ },
  ],
  [
    'a dead letter without a reason',
    letters((records) => replaced(records, records[0]!, headed(records[0]!, { [HEADERS.error]: '' }))),
    { says: /gives no reason/ },
  ],

  [
    'a state with another byte',
    { sql: `update states set bytes = set_byte(bytes, 20, get_byte(bytes, 20) # 1) where ${one('states')}` },
    { says: /^The state of main\/customer-\d+ in .* differs from the undisturbed one: from byte 20 on/ },
  ],
  [
    'a missing state',
    { sql: `delete from states where ${one('states')}` },
    { lost: 1, says: /^The state of .* is missing/ },
  ],
  [
    'a state too many',
    {
      sql: `insert into states select task, partition, 'main/nobody', version, bytes, 1, 1 from states where ${one('states')}`,
    },
    { doubled: 1, says: /^The state of main\/nobody .* would not exist undisturbed/ },
  ],
  [
    'a wake-up at another instant',
    { sql: `update states set wake_at = wake_at + 1 where ${one('states', 'wake_at is not null')}` },
    { says: /it wakes at \d+, not at \d+/ },
  ],
  [
    'another time',
    { sql: `update owners set now_ms = now_ms - 1 where task = 'scoring' and partition = 0` },
    { says: /^scoring, partition 0: time is \d+, undisturbed \d+/ },
  ],
  [
    'a position before the end',
    { sql: `update owners set position = position - 1 where task = 'features' and partition = 0` },
    { says: /^features stands at offset \d+ of partition 0, which ends at \d+/ },
  ],
  [
    'a sink that has left a record out',
    { sql: `update owners set position = 3 where task = 'dispatch' and partition = 0` },
    { doubled: 'some', says: /^dispatch stands at offset 3 of partition 0: \d+ records are left/ },
  ],
  [
    'another last source',
    { sql: `update owners set source_offset = source_offset - 1 where task = 'scoring' and partition = 0` },
    { says: /offset of the last source/ },
  ],
  [
    'another champion',
    { sql: `update owners set shared = 'x' where task = 'scoring' and partition = 0` },
    { says: /shared state is/ },
  ],
  [
    'a duplicate that was not dropped',
    { sql: `update owners set duplicates = duplicates - 1 where task = 'features' and partition = 0` },
    { says: /number of duplicates is/ },
  ],
  [
    'a message id that was not kept',
    {
      sql: `delete from message_ids where id = (select id from message_ids where id like '%m-%' order by day desc limit 1)`,
    },
    { says: /^main\/m-\d+ of features, partition \d is not remembered/ },
  ],

  [
    'a missing decision',
    { sql: `delete from decisions where ${one('decisions', `arm = 'hold-out'`)}` },
    { lost: 1, says: /^decisions: main .* is missing/ },
  ],
  [
    'a decision made twice',
    {
      sql: `insert into decisions select (jsonb_populate_record(d, '{"id": "twice", "is_unit": false}')).*
              from decisions d where ${one('decisions', 'code is null')}`,
    },
    { doubled: 1, says: /^decisions: main twice would not exist/ },
  ],
  [
    'a decision for the other arm',
    { sql: `update decisions set arm = 'hold-out' where ${one('decisions', `arm = 'treatment'`)}` },
    { says: /^decisions: .* in arm \(hold-out, not treatment\)/ },
  ],
  [
    'a coupon given twice',
    { sql: `insert into coupons select shop, 'AAAA', 'other', customer from coupons where ${one('coupons')}` },
    { doubled: 1, says: /^coupons: main AAAA would not exist/ },
  ],
  [
    'a coupon used twice',
    { sql: `update coupons set redeemed_at = redeemed_at + 1 where redeemed_at is not null` },
    { says: /^coupons: .* in redeemed_at/ },
  ],
  [
    'a missing skip',
    { sql: `delete from skipped_decisions where ${one('skipped_decisions')}` },
    { lost: 1, says: /^skipped_decisions: / },
  ],
  ['a missing payment', { sql: `delete from payments where ${one('payments')}` }, { lost: 1, says: /^payments: / }],
  [
    'a payment counted twice',
    {
      sql: `insert into payments select shop, customer, at, 'again', kind, amount_minor from payments where ${one('payments')}`,
    },
    { doubled: 1, says: /^payments: main .* again would not exist/ },
  ],
  [
    'money spent twice',
    { sql: `update budget_slices set cost_minor = cost_minor * 2 where ${one('budget_slices', 'cost_minor > 0')}` },
    { says: /^budget_slices: .* in cost_minor/ },
  ],
  ['a consent lost', { sql: `delete from consents where ${one('consents')}` }, { lost: 1, says: /^consents: / }],
  ['an address mixed up', { sql: `update contacts set email = 'x' where ${one('contacts')}` }, { says: /^contacts: / }],
  [
    'a message still waiting',
    { sql: `update messages set state = 'queued' where ${one('messages', `state = 'sent'`)}` },
    { doubled: 1, says: /^The message of .* is still waiting to be sent/ },
  ],
  [
    'a missing message',
    { sql: `delete from messages where ${one('messages', `state = 'cancelled'`)}` },
    { lost: 1, doubled: 1, says: /^messages: main .* is missing/ },
  ],

  ['a missing intervention event', told((records) => records.slice(1)), { lost: 1, says: /was never published/ }],
  [
    'an intervention told twice, under two ids',
    told((records) => appended(records, headed(records[0]!, { [HEADERS.eventId]: 'x' }))),
    { doubled: 1, says: /^intervention\.events x .* nothing of the kind has happened/ },
  ],
  [
    'an intervention event with another value',
    told((records) => replaced(records, records[0]!, spaced(records[0]!))),
    { says: /differs from the undisturbed one/ },
  ],
  [
    'intervention events in the wrong order',
    told((records) => swapped(records, interventions(records, 'assigned')[0]!, interventions(records, 'assigned')[1]!)),
    { says: /was published after what it comes before/ },
  ],
  [
    'a message that left before it was decided on',
    told((records) => {
      const sent = interventions(records, 'sent')[0]!;
      return [sent, ...without(records, sent)].map((record, offset) => ({ ...record, offset }));
    }),
    { says: /comes before its decision/ },
  ],

  [
    'a delivery of which the ledger knows nothing',
    deliveries((given) => [...given, { channel: 'email', key: 'k', decisionId: 'nobody' }]),
    { doubled: 1, says: /^A message arrived of which the ledger knows nothing: nobody/ },
  ],
  [
    'a delivery under two keys',
    deliveries((given) => [...given, { ...given[0]!, key: 'another' }]),
    { doubled: 1, says: /had 2 effects/ },
  ],
  [
    'a delivery that never came',
    deliveries((given) => given.slice(1)),
    { lost: 1, says: /noted as sent and never arrived/ },
  ],
  [
    'a delivery by another channel',
    deliveries(([first, ...rest]) => [
      { ...first!, channel: first!.channel === 'email' ? 'webhook' : 'email' },
      ...rest,
    ]),
    { says: /was to leave by/ },
  ],
  ['a delivery to somebody held out', deliveredTo(`arm = 'hold-out'`), { doubled: 1, says: /knows nothing/ }],
  [
    'a delivery of something simulated',
    deliveredTo(`is_simulated and arm = 'treatment' and channel = 'email'`),
    { doubled: 1, says: /although its origin is replay/ },
  ],
];

describe('the checker', () => {
  it('finds nothing wrong with a run whose repetitions were all skipped', async () => {
    const verdict = await verdictOn({});
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, repeatedDeliveries: 0, faults: [] });
    expect(verdict.repeated).toBeGreaterThan(0);
    expect(verdict.events).toBe(run.evidence.accepted.size);
    expect(verdict.decided).toBeGreaterThan(0);
    expect(verdict.delivered).toBe(new Set(run.evidence.deliveries.map(({ decisionId }) => decisionId)).size);
  });

  it('takes a delivery repeated under its key for one', async () => {
    const verdict = await verdictOn(deliveries((given) => [...given, given[0]!]));
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, repeatedDeliveries: 1, faults: [] });
  });

  it.each(CASES)('finds %s', async (_, spoilt, { lost = 0, doubled = 0, says }) => {
    const verdict = await verdictOn(spoilt);
    expect(verdict.faults).toContainEqual(expect.stringMatching(says));
    const asExpected = (count: number, expected: number | 'some') =>
      expected === 'some' && count > 0 ? 'some' : count;
    expect([asExpected(verdict.lost, lost), asExpected(verdict.doubled, doubled)]).toEqual([lost, doubled]);
  });

  it.each<[string, (ours: Map<string, { count: number; hash: string }>) => unknown, RegExp]>([
    ['fewer records', (ours) => ours.delete('customer.risk/0'), /^customer\.risk\/0: we read \d+ records, .* 0\.$/],
    ['others', (ours) => ours.set('customer.risk/0', { ...ours.get('customer.risk/0')!, hash: 'x' }), /not the same/],
  ])('believes neither reader when the other one has read %s', async (_, change, says) => {
    const same = await verdictOn({}, { mode: 'counts', witness: otherReader });
    expect(same.faults).toEqual([]);
    const witness = async (counts: ReadonlyMap<string, number>) => {
      const theirs = new Map(await otherReader(counts));
      change(theirs);
      return theirs;
    };
    const { faults } = await verdictOn({}, { mode: 'counts', witness });
    expect(faults).toEqual([expect.stringMatching(says)]);
  });

  it.each<[string, Spoilt, RegExp]>([
    ['lost', { accepted: 'ghost' }, /^ghost was accepted/],
    ['applied twice', CASES[4]![1], /was applied 2 times/],
    ['left out', CASES[3]![1], /neither applied nor a dead letter/],
  ])('finds what was %s by counting alone', async (_, spoilt, says) => {
    const verdict = await verdictOn(spoilt, { mode: 'counts' });
    expect(verdict.faults).toContainEqual(expect.stringMatching(says));
  });
});
