// Time belongs to all shops of a log: who may move it during a replay.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Broker } from '@holdfast/broker';
import { takeClock } from '@holdfast/postgres';

import {
  IMPORT_KEY,
  PARTITIONS,
  readPartition,
  REPLAY_KEY,
  startGround,
  startIngest,
} from './running-ingest.fixture.js';

const at = '2026-11-20T06:00:00Z';
const ticks = { batch: [{ type: 'tick', at }] };

describe('a tick from outside, while a replay holds the clock', () => {
  let ground: Awaited<ReturnType<typeof startGround>>;
  let broker: Broker;
  let running: Awaited<ReturnType<typeof startIngest>>;
  beforeAll(async () => {
    ground = await startGround();
    broker = await ground.openLog();
    await takeClock(ground.database, 'replay');
    running = await startIngest(ground, broker);
  });
  afterAll(async () => {
    await running?.stop();
    await broker?.close();
    await ground?.stop();
  });
  const log = async () => (await Promise.all([0, 1, 2].map((p) => readPartition(broker, p)))).flat();

  it('is refused from a key that may only import, and moves nobody’s time', async () => {
    const { status, body } = await running.post('/v1/import', ticks, { key: IMPORT_KEY });
    expect([status, body]).toEqual([
      200,
      {
        accepted: 0,
        rejected: [
          {
            index: 0,
            reason: 'may-not-replay',
            pointer: '/type',
            message: expect.stringMatching(/all shops.*`:replay` in INGEST_WRITE_KEYS\.$/),
          },
        ],
      },
    ]);
    expect(await log()).toEqual([]);
    expect(await running.post('/v1/track', { userId: 'ann', event: 'x' })).toMatchObject({ status: 503 });
  });

  it('moves time in every partition when its key may replay', async () => {
    const { body } = await running.post('/v1/import', ticks, { key: REPLAY_KEY });
    expect(body).toEqual({ accepted: 0, rejected: [] });
    expect(await log()).toEqual(Array(PARTITIONS).fill({ tick: Date.parse(at) }));
    expect(await running.post('/v1/track', { userId: 'ann', event: 'x' })).toMatchObject({ status: 200 });
  });
});
