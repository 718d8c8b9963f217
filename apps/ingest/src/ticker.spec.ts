import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Broker } from '@holdfast/broker';
import { CANARY_EVERY, CANARY_SHOP, HOUR } from '@holdfast/schemas';

import { HandClock, PARTITIONS, readPartition, startGround, startIngest } from './running-ingest.fixture.js';

describe('the ticks of live time', () => {
  let ground: Awaited<ReturnType<typeof startGround>>;
  let broker: Broker;
  let time: HandClock;
  let running: Awaited<ReturnType<typeof startIngest>>;
  beforeAll(async () => {
    ground = await startGround();
  });
  afterAll(() => ground?.stop());
  beforeEach(async () => {
    broker = await ground.openLog();
    time = new HandClock();
    running = await startIngest(ground, broker, { time });
  });
  afterEach(async () => {
    await running.stop();
    await broker.close();
  });
  const beat = (ms = 0) => {
    time.at += ms;
    return running.ingest.ticker.beat();
  };
  const ticks = async (partition: number) =>
    (await readPartition(broker, partition)).flatMap((entry) => ('tick' in entry ? [entry.tick] : []));

  it('go to every partition, at the time of the clock', async () => {
    const start = time.at;
    await beat();
    await beat(500);
    await beat(0);
    for (let p = 0; p < PARTITIONS; p++) expect(await ticks(p)).toEqual([start, start + 500]);
  });

  it('come after the events that were received before them', async () => {
    await beat();
    const posts = Array.from({ length: 20 }, (_, i) => running.post('/v1/track', { userId: `u${i}`, event: 'x' }));
    time.at += 500;
    await Promise.all([running.ingest.ticker.beat(), ...posts]);
    await beat(500);
    for (let p = 0; p < PARTITIONS; p++) {
      let now = -Infinity;
      for (const entry of await readPartition(broker, p)) {
        if ('tick' in entry) now = entry.tick;
        else expect(entry.event.receivedAt).toBeGreaterThanOrEqual(now);
      }
    }
  });

  it('are not written while ingest answers 503', async () => {
    await beat();
    const { writer } = running.ingest;
    const before = await ticks(0);
    await writer.close();
    await beat(500);
    expect(await ticks(0)).toEqual(before);
    expect((await running.post('/v1/track', { userId: 'a', event: 'x' })).status).toBe(503);
  });

  it('go on from the last one after downtime, without skipping time', async () => {
    await beat();
    const last = time.at;
    await running.stop();
    time.at += 8 * HOUR;
    running = await startIngest(ground, broker, { time });
    const stamped = await running.post('/v1/track', { userId: 'early', event: 'x' });
    expect(stamped.status).toBe(200);
    await beat();
    for (let p = 0; p < PARTITIONS; p++) {
      const [first, ...more] = await ticks(p);
      expect(first).toBe(last);
      expect(more.at(-1)).toBe(time.at);
      expect(more.length).toBeLessThanOrEqual(240);
      let before = last;
      for (const at of more) {
        expect(at - before).toBeLessThanOrEqual((8 * HOUR) / 240 + 1);
        before = at;
      }
    }
  });

  it('bring the canary of each partition along, once a minute and before the tick of that instant', async () => {
    const other = await startIngest(ground, broker, { time, settings: { INGEST_CANARY: true } });
    await running.stop();
    running = other;
    while (running.ingest.ticker.owned !== PARTITIONS) await new Promise((resolve) => setImmediate(resolve));
    for (let second = 0; second < 150; second += 5) await beat(5_000);
    for (let p = 0; p < PARTITIONS; p++) {
      const entries = await readPartition(broker, p);
      const bought = entries.flatMap((entry) => ('event' in entry ? [entry.event] : []));
      expect(bought.map(({ customer, shop }) => [shop, customer])).toEqual(
        [CANARY_SHOP, CANARY_SHOP].map((shop) => [shop, String(p)]),
      );
      expect(bought[1]!.receivedAt - bought[0]!.receivedAt).toBe(CANARY_EVERY);
      entries.forEach((entry, i) => {
        if (!('event' in entry)) return;
        expect(entries[i + 1]).toEqual({ tick: entry.event.receivedAt });
        expect(entries[i - 1]).toEqual({ tick: entry.event.receivedAt - 5_000 });
      });
    }
  });

  it('are shared out between replicas, none twice', async () => {
    const other = await startIngest(ground, broker, { time });
    while (running.ingest.ticker.owned + other.ingest.ticker.owned !== PARTITIONS || other.ingest.ticker.owned === 0)
      await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([beat(), other.ingest.ticker.beat()]);
    for (let p = 0; p < PARTITIONS; p++) expect(await ticks(p)).toEqual([time.at]);
    await other.stop();
    while (running.ingest.ticker.owned !== PARTITIONS) await new Promise((resolve) => setImmediate(resolve));
    await beat(500);
    for (let p = 0; p < PARTITIONS; p++) expect(await ticks(p)).toEqual([time.at - 500, time.at]);
  });
});
