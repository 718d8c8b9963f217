import { describe, expect, it } from '@jest/globals';
import { type StoredRecord } from '@holdfast/broker';
import { type ScoringState, scoringStateCodec } from '@holdfast/model';
import { customerKey, DAY, HEADERS } from '@holdfast/schemas';

import { MODEL, modelsOf, START } from './fold-task.fixture.js';
import { LOG_IDS, loggedModels, loggedShop, OTHER_MODEL, publishedOf } from './logged-shop.fixture.js';
import { isSame, Retrace } from './retrace.js';

const log = loggedShop();
const published = publishedOf(log);
const key = customerKey('main', 'ann');

function retraced(day: number, records: readonly StoredRecord[] = log, models = loggedModels): Retrace {
  const retrace = new Retrace({ key, at: START + day * DAY, models, partition: 0, logIds: LOG_IDS });
  for (const record of records) retrace.take(record);
  retrace.arrive();
  return retrace;
}
const bytesOf = (state: ScoringState | undefined) =>
  state && Buffer.from(scoringStateCodec.encode(state)).toString('hex');
const sequenceOf = (record: { readonly headers: Readonly<Record<string, string>> }) =>
  Number(record.headers[HEADERS.sequence]);

describe('a retrace', () => {
  it('says byte for byte what was published of the customer by then, and nothing else', () => {
    const theirs = published.risk.filter((record) => record.key === key);
    expect(theirs.length).toBeGreaterThan(10);
    for (const day of [0.15, 5, 30, 41, 100, 120.5, 399]) {
      const { said } = retraced(day);
      const then = theirs.filter((record) => record.at <= START + day * DAY);
      expect(said.map(sequenceOf)).toEqual(then.map(sequenceOf));
      said.forEach((record, i) => expect(isSame(record, then[i]!)).toBe(true));
    }
  });

  it('tells another record from the same', () => {
    const [first, second] = published.risk.filter((record) => record.key === key);
    const { said } = retraced(399);
    expect(isSame(said[0]!, first!)).toBe(true);
    expect(isSame(said[0]!, second!)).toBe(false);
    const changed = Buffer.from(first!.value);
    changed[changed.length - 3]! ^= 1;
    expect(isSame(said[0]!, { ...first!, value: changed })).toBe(false);
  });

  it('knows nothing of what came later', () => {
    for (const day of [5, 30, 60, 120.5]) {
      const until = log.findIndex((record) => record.at > START + day * DAY);
      const short = retraced(day, log.slice(0, until));
      const long = retraced(day);
      expect(long.events).toEqual(short.events);
      expect(bytesOf(long.state)).toEqual(bytesOf(short.state));
    }
    const ids = retraced(30).events.map(({ event }) => event.messageId);
    expect(ids).toEqual(['ann-0.1-view', 'ann-0.2-purchase', 'ann-9-cart', 'ann-20-purchase']);
    expect(retraced(0.05).events).toEqual([]);
  });

  it('ends in the state of the whole log, drawn by the release that was champion at each event', () => {
    const last = retraced(DAY);
    expect(last.state).toMatchObject({ model: OTHER_MODEL, customer: 'ann' });
    expect(retraced(30).state?.model).toBe(MODEL);
    const { curve, h } = published.scoring.customers.get(key)!.state as ScoringState;
    expect([last.state!.curve, last.state!.h]).toEqual([curve, h]);
  });

  it('says which release is missing', () => {
    expect(() => retraced(30, log, modelsOf({ [MODEL]: loggedModels.get(MODEL) }))).toThrow(OTHER_MODEL);
  });
});
