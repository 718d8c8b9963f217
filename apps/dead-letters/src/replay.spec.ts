import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { type Broker, MAX_RECORD_BYTES, type Producer } from '@holdfast/broker';
import { CUSTOMER_FEATURES, CUSTOMER_RISK, encodeJson, HEADERS, type RiskEvent } from '@holdfast/schemas';
import { type Resources } from '@holdfast/stream';

import { broken, event, flow, makeFolder, removeFolder, withFolder } from './folder.fixture.js';
import { type Letter, readLetter, readLetters } from './letters.js';
import { type Outcome, replay } from './replay.js';
import { run } from './run.js';
import { type Place } from './standing.js';

const FEATURES = CUSTOMER_FEATURES.name;

let folder: string;
let resources: Resources;
let close: () => void;
let closed: Promise<void>;

beforeAll(async () => {
  folder = await makeFolder();
  await new Promise<void>((opened, failed) => {
    closed = withFolder(folder, async (open) => {
      resources = open;
      opened();
      await new Promise<void>((resolve) => (close = resolve));
    });
    closed.catch(failed);
  });
});
afterAll(async () => {
  close?.();
  await closed;
  await removeFolder(folder);
});
beforeEach(() => broken.clear());

const all = async (outcomes: AsyncIterable<Outcome>): Promise<Outcome[]> => {
  const list: Outcome[] = [];
  for await (const outcome of outcomes) list.push(outcome);
  return list;
};
/** Letters of a stage that there were none of before. */
const newLetters = async (stage: 'scoring' | 'dispatch', work: () => Promise<unknown>): Promise<Letter[]> => {
  const before = (await readLetters(resources.broker, [stage])).length;
  await work();
  return (await readLetters(resources.broker, [stage])).slice(before);
};
const fail = (...ids: readonly [key: string, id: string][]) =>
  newLetters('scoring', async () => {
    for (const [, id] of ids) broken.add(id);
    await flow(resources, FEATURES, ids.map(([key, id]) => event(key, id))); // prettier-ignore
    broken.clear();
  });
const seenOf = (outputs: readonly (readonly string[])[], id: string) =>
  outputs.filter((seen) => seen.at(-1) === id).length;
/** The log, of which a producer fails as `append` says. */
const failing = (append: (stored: () => Promise<number>) => Promise<number>): Place => ({
  database: resources.database,
  broker: new Proxy(resources.broker, {
    get(target, name) {
      const value = target[name as keyof Broker] as unknown;
      if (name !== 'producer') return typeof value === 'function' ? value.bind(target) : value;
      return async (): Promise<Producer> => {
        const producer = await target.producer();
        return { append: (...given) => append(() => producer.append(...given)), close: () => producer.close() };
      };
    },
  }),
});

describe('replay', () => {
  it('sends back what is open, once, and says what has become of it', async () => {
    const letters = await fail(['s/a', 'a1'], ['s/b', 'b1']);
    expect(letters.map(({ record }) => record.key)).toEqual(['s/a', 's/b']);
    const [a, b] = letters.map(({ id }) => id);
    expect(await all(replay(resources, letters.slice(0, 1)))).toEqual([{ id: a, outcome: 'sent-back' }]);
    expect(await all(replay(resources, letters))).toEqual([
      { id: a, outcome: 'on-its-way' },
      { id: b, outcome: 'sent-back' },
    ]);
    const outputs = await flow(resources, FEATURES);
    expect([seenOf(outputs, 'a1'), seenOf(outputs, 'b1')]).toEqual([1, 1]);
    expect(await all(replay(resources, letters))).toEqual([
      { id: a, outcome: 'taken-in' },
      { id: b, outcome: 'taken-in' },
    ]);
  });

  it.each([
    ['before the log has it', async () => Promise.reject(new Error('killed'))],
    [
      'when the log has it',
      async (stored: () => Promise<number>) => stored().then(() => Promise.reject(new Error('killed'))),
    ],
  ])('that ends %s is done with by the next one', async (when, append) => {
    const letters = await fail([`s/${when}`, when]);
    await expect(all(replay(failing(append), letters))).rejects.toThrow('killed');
    const [again] = await all(replay(resources, letters));
    expect(again!.outcome).toBe(when.startsWith('before') ? 'sent-back' : 'on-its-way');
    expect(seenOf(await flow(resources, FEATURES), when)).toBe(1);
  });

  it('done twice at once counts once', async () => {
    const letters = await fail(['s/twice', 'twice']);
    let waiting = 0;
    let go!: () => void;
    const both = new Promise<void>((resolve) => (go = resolve));
    const together = failing(async (stored) => {
      if (++waiting === 2) go();
      await both;
      return stored();
    });
    const outcomes = await Promise.all([all(replay(together, letters)), all(replay(together, letters))]);
    expect(outcomes.flat().map(({ outcome }) => outcome)).toEqual(['sent-back', 'sent-back']);
    expect(seenOf(await flow(resources, FEATURES), 'twice')).toBe(1);
  });

  it('of what fails again leads to a new letter, which alone is open', async () => {
    const [first] = await fail(['s/again', 'again']);
    await all(replay(resources, [first!]));
    const [second] = await newLetters('scoring', async () => {
      broken.add('again');
      await flow(resources, FEATURES);
      broken.clear();
    });
    const outcomes = await all(replay(resources, [first!, second!]));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['taken-in', 'sent-back']);
    expect(seenOf(await flow(resources, FEATURES), 'again')).toBe(1);
  });

  it.each([
    ['takes the whole of a record that was cut in its letter from where it stands', 'whole', 150, 1],
    ['refuses a record that is too long to be sent back', 'long', 50, 0],
  ])('%s', async (_, id, room, count) => {
    const value = encodeJson({ id, padding: 'x'.repeat(MAX_RECORD_BYTES - room) });
    const letters = await newLetters('scoring', async () => {
      broken.add(id);
      await flow(resources, FEATURES, [event(`s/${id}`, id, { value, headers: {} })]);
      broken.clear();
    });
    expect(letters[0]!.record.headers[HEADERS.valueBytes]).toBe(String(value.length));
    const [outcome] = await all(replay(resources, letters));
    expect(outcome!.outcome).toBe(count === 1 ? 'sent-back' : 'refused');
    expect(seenOf(await flow(resources, FEATURES), id)).toBe(count);
  });

  it.each([
    [null, /^It is addressed to a partition/],
    ['s/\0', /^Its key names no customer/],
  ])('refuses a letter with the key %j, and says what to do', async (key, sentence) => {
    const letters = await newLetters('scoring', () => flow(resources, FEATURES, [event(key, 'nobody')]));
    expect(await all(replay(resources, letters))).toEqual([
      { id: letters[0]!.id, outcome: 'refused', reason: expect.stringMatching(sentence) },
    ]);
    const place = { ...resources, isRunning: true, close: async () => undefined };
    const command = { command: 'replay', id: letters[0]!.id, stage: null, json: false, dataDir: '' } as const;
    expect(await run(command, place, { say: () => undefined, width: 80 })).toBe(false);
  });

  it('refuses to act on a crossing whose customer has moved on', async () => {
    const risk = (id: string, type: 'crossed' | 'recovered', customer: string) => {
      const [from, to] = type === 'crossed' ? (['low', 'high'] as const) : (['high', 'low'] as const);
      const value = CUSTOMER_RISK.encode(riskEvent(type, customer, { from, to }), { id, sequence: 1 });
      return event(`main/${customer}`, id, { value });
    };
    const letters = await newLetters('dispatch', async () => {
      broken.add('r1').add('r3');
      const records = [risk('r1', 'crossed', 'back'), risk('r2', 'recovered', 'back'), risk('r3', 'crossed', 'away')];
      await flow(resources, CUSTOMER_RISK.name, records);
      broken.clear();
    });
    const outcomes = await all(replay(resources, letters));
    expect(outcomes).toEqual([
      {
        id: letters[0]!.id,
        outcome: 'refused',
        reason: expect.stringMatching(/^The customer is in tier low since 2026-/),
      },
      { id: letters[1]!.id, outcome: 'sent-back' },
    ]);
  });

  it('names letters that there are not', async () => {
    await expect(readLetter(resources.broker, 'scoring/0/999')).rejects.toThrow(
      'There is no dead letter scoring/0/999',
    );
    await expect(readLetter(resources.broker, 'scoring-1')).rejects.toThrow('scoring-1 is no ID of a dead letter');
  });
});

describe('what people are shown', () => {
  const told: string[] = [];
  const output = { say: (text: string) => void told.push(text), width: 120 };
  const place = () => ({ ...resources, isRunning: false, close: async () => undefined });
  beforeEach(() => void told.splice(0));

  it('is a table of what is open, and all of one letter', async () => {
    const [letter] = await fail(['s/shown', 'shown']);
    await run({ command: 'list', stage: 'scoring', all: false, json: false, dataDir: '' }, place(), output);
    const lines = told.join('\n').split('\n');
    expect(lines[0]).toMatch(/^WHEN +STAGE +CUSTOMER +ID +REASON$/);
    expect(lines).toContainEqual(expect.stringMatching(/^2026-08-02T10:11:12Z {2}scoring {2}s\/shown +scoring\/0\/\d+ +cannot do shown$/)); // prettier-ignore
    expect(lines.at(-1)).toMatch(/`replay --all` sends back\. \d+ letters were taken in: list --all\.$/);

    await run({ command: 'show', id: letter!.id, json: false, dataDir: '' }, place(), output);
    expect(told.at(-1)).toMatch(
      /standing {2}open\n.*reason {4}cannot do shown\n.*body \(JSON\)\n\{\n {2}"id": "shown"\n\}$/s,
    );

    await run({ command: 'replay', id: null, stage: 'scoring', json: false, dataDir: '' }, place(), output);
    expect(told).toContain(`${letter!.id}: sent back`);
    expect(told.at(-1)).toMatch(/ sent back, to be taken in when Holdfast is started again;/);
    await run({ command: 'list', stage: 'scoring', all: false, json: true, dataDir: '' }, place(), output);
    expect(JSON.parse(told.at(-1)!)).toContainEqual({
      ...{ id: letter!.id, standing: 'on-its-way', stage: 'scoring', customer: 's/shown', reason: 'cannot do shown' },
      at: '2026-08-02T10:11:12.000Z',
    });
    expect(seenOf(await flow(resources, FEATURES), 'shown')).toBe(1);
  });

  it('says when there is nothing', async () => {
    await run({ command: 'list', stage: 'console-risk', all: false, json: false, dataDir: '' }, place(), output);
    expect(told).toEqual(['No dead letters.']);
  });
});

function riskEvent(
  type: 'crossed' | 'recovered',
  customer: string,
  tier: { readonly from: 'low' | 'high'; readonly to: 'low' | 'high' },
): RiskEvent {
  return {
    ...{ type: `churn.risk.${type}.v1`, shop: 'main', customer, at: Date.UTC(2026, 7, 2) },
    data: {
      ...{ origin: 'live', tier, threshold: 0.8, thresholdsVersion: 'v', risk: 0.9, cause: 'event', silenceDays: 1 },
      ...{ forecast: [], valueAtRiskMinor: 1, orders: 1, reasons: [], model: 'ab'.repeat(32) },
    },
  };
}
