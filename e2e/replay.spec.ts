// The replay against a real ingest, an embedded log and PostgreSQL: order of ticks and events, resume after a crash, hand-over.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Broker } from '@holdfast/broker';
import { type DatasetLine } from '@holdfast/datasets';
import { readClock, takeClock, type Transaction } from '@holdfast/postgres';
import { importHistory, type ReplayOptions, runReplay } from '@holdfast/replay';
import { DAY, HOUR, MINUTE } from '@holdfast/schemas';

import {
  type Entry,
  HandClock,
  IMPORT_KEY,
  PARTITIONS,
  readPartition,
  REPLAY_KEY,
  startGround,
  startIngest,
} from '../apps/ingest/src/running-ingest.fixture.js';

const EVENTS = 600;
const START = Date.parse('2011-03-01T08:00:00Z');

const line = (i: number): DatasetLine => {
  const at = START + i * 3 * HOUR;
  if (i % 100 === 50) return { line: i + 2, file: 'shop.csv', reason: 'no-customer', message: 'nobody' };
  return {
    line: i + 2,
    file: 'shop.csv',
    event: {
      messageId: `m${i}`,
      shop: 'main',
      customer: `c${i % 17}`,
      type: i % 4 === 0 ? 'purchase' : 'view',
      occurredAt: at,
      receivedAt: at,
      origin: 'replay',
    },
  };
};

const shop = {
  name: 'shop',
  layout: 'general-csv',
  async *events() {
    for (let i = 0; i < EVENTS; i++) yield line(i);
  },
};

describe('a replay', () => {
  let ground: Awaited<ReturnType<typeof startGround>>;
  let broker: Broker;
  let running: Awaited<ReturnType<typeof startIngest>>;

  async function start() {
    ground = await startGround();
    broker = await ground.openLog();
    await takeClock(ground.database, 'replay');
    running = await startIngest(ground, broker, { time: new HandClock() });
  }
  async function stop() {
    await running.stop();
    await broker.close();
    await ground.stop();
  }
  const replay = (more: Partial<ReplayOptions> = {}) =>
    runReplay({
      ingestUrl: running.url,
      writeKey: REPLAY_KEY,
      dataset: shop,
      database: ground.database,
      batchSize: 50,
      now: () => running.time.at,
      ...more,
    });
  const readLog = () => Promise.all(Array.from({ length: PARTITIONS }, (_, p) => readPartition(broker, p)));

  describe('that nobody disturbs', () => {
    let logs: Entry[][];
    beforeAll(async () => {
      await start();
    });
    afterAll(stop);

    it('refuses live events until it has told a time, and then stamps them with that', async () => {
      const post = () => running.post('/v1/track', { userId: 'live', event: 'Product Viewed' });
      expect((await post()).status).toBe(503);
      const stopper = new AbortController();
      const stopped = await replay({ signal: stopper.signal, onProgress: () => stopper.abort() });
      expect(stopped.outcome).toBe('stopped');
      expect((await post()).status).toBe(200);
      const event = (await readLog()).flat().find((e) => 'event' in e && e.event.customer === 'live');
      expect(event).toMatchObject({ event: { origin: 'replay', importedAt: running.time.at } });
    });

    it('sends everything, with its last event within the last seven days, and hands the clock over', async () => {
      const shares: number[] = [];
      const summary = await replay({ onProgress: ({ share }) => shares.push(share) });
      expect(summary).toMatchObject({
        outcome: 'done',
        counts: { read: EVENTS, accepted: EVENTS - 6, rejected: { 'no-customer': 6 } },
      });
      expect(summary.weekShiftMs % (7 * DAY)).toBe(0);
      expect(running.time.at - summary.lastAt).toBeGreaterThanOrEqual(0);
      expect(running.time.at - summary.lastAt).toBeLessThan(7 * DAY);
      expect(shares.at(-1)).toBe(1);
      expect(await readClock(ground.database)).toMatchObject({ mode: 'live', acknowledged: EVENTS });
      logs = await readLog();
    });

    it('moves time by ticks of six hours, never behind an event nor past the next one', () => {
      for (const log of logs) {
        let last = -Infinity;
        for (const entry of log) {
          if ('tick' in entry) {
            expect(entry.tick % (6 * HOUR)).toBe(0);
            if (last > -Infinity) expect(entry.tick - last).toBe(6 * HOUR);
            last = entry.tick;
          } else if (entry.event.customer !== 'live') {
            expect(entry.event).toMatchObject({ origin: 'replay', importedAt: running.time.at });
            expect(entry.event.receivedAt).toBe(entry.event.occurredAt);
            expect(entry.event.receivedAt - last).toBeGreaterThanOrEqual(0);
            expect(entry.event.receivedAt - last).toBeLessThan(6 * HOUR);
          }
        }
        expect(running.time.at - MINUTE - last).toBeLessThan(6 * HOUR);
      }
    });

    it('goes on in live time without a gap', async () => {
      await running.ingest.ticker.beat();
      for (const [p, log] of (await readLog()).entries()) {
        const ticks = log.slice(logs[p]!.length).map((e) => ('tick' in e ? e.tick : Number.NaN));
        expect(ticks.at(-1)).toBe(running.time.at);
        expect(ticks.length).toBeGreaterThan(100);
      }
      expect(await running.post('/v1/track', { userId: 'live', event: 'Signed In' })).toMatchObject({ status: 200 });
    });

    it('is not repeated, and no other one begins on the same log', async () => {
      expect(await replay()).toMatchObject({ outcome: 'already-done', counts: { accepted: EVENTS - 6 } });
      await expect(replay({ dataset: { ...shop, name: 'other', events: () => one() } })).rejects.toThrow(
        'This log holds another replay (shop)',
      );
    });

    it('leaves a live log open to imports, at their own times', async () => {
      const counts = await importHistory({
        ingestUrl: running.url,
        writeKey: IMPORT_KEY,
        dataset: { ...shop, events: one },
      });
      expect(counts).toEqual({ read: 1, accepted: 1, rejected: {} });
    });
  });

  describe('that is killed', () => {
    afterEach(stop);

    it('ends with the same log, once what was sent twice is dropped', async () => {
      await start();
      const whole = await replay();
      const expected = (await readLog()).map(withoutRepeats);
      await stop();

      await start();
      await expect(replay({ database: failing(ground.database, 3) })).rejects.toThrow('killed');
      const stopper = new AbortController();
      let batches = 0;
      await replay({ signal: stopper.signal, onProgress: () => ++batches === 4 && stopper.abort() });
      expect((await readClock(ground.database))!.acknowledged).toBeLessThan(EVENTS);
      const rest = await replay({ batchSize: 37 });
      const logs = await readLog();
      expect(logs.flat().filter((e) => 'event' in e).length).toBeGreaterThan(EVENTS - 6);
      expect(logs.map(withoutRepeats)).toEqual(expected);
      expect({ ...rest, wallSeconds: 0, eventsPerSecond: 0 }).toEqual({ ...whole, wallSeconds: 0, eventsPerSecond: 0 });
    });

    it('says what to do when ingest does not take the key, or is not there', async () => {
      await start();
      await expect(replay({ writeKey: 'wrong' })).rejects.toThrow('There is no such write key.');
      await expect(replay({ writeKey: IMPORT_KEY })).rejects.toThrow('needs `:replay` in INGEST_WRITE_KEYS');
      expect(await readClock(ground.database)).toMatchObject({ mode: 'replay', acknowledged: 0 });
      await expect(replay({ ingestUrl: 'http://127.0.0.1:1', giveUpMs: 0 })).rejects.toThrow('see that it runs');
    });
  });
});

async function* one(): AsyncGenerator<DatasetLine> {
  yield line(0);
}

/** A database whose nth saving of progress is as if the process had been killed just before it. */
function failing(database: Transaction, nth: number): Transaction {
  let saved = 0;
  return {
    query: (sql, parameters) =>
      sql.includes('set acknowledged') && ++saved === nth
        ? Promise.reject(new Error('killed'))
        : database.query(sql, parameters),
  };
}

/** What features sees: message ids once, ticks that move time. */
function withoutRepeats(log: readonly Entry[]): (string | number)[] {
  const seen = new Set<string>();
  let now = -Infinity;
  return log.flatMap((entry): (string | number)[] => {
    if ('tick' in entry) return entry.tick > now ? [(now = entry.tick)] : [];
    const { messageId } = entry.event;
    return seen.has(messageId) ? [] : (seen.add(messageId), [messageId]);
  });
}
