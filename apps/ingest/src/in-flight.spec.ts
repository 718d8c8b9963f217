// What requests may hold, over real HTTP: nobody without a key makes ingest unpack anything, and nobody holds more than the bound.
import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { gzipSync } from 'node:zlib';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Broker } from '@holdfast/broker';

import { InFlight } from './in-flight.js';
import { IMPORT_KEY, KEY, startGround, startIngest } from './running-ingest.fixture.js';

const KB = 1024;
const gzip = { 'content-encoding': 'gzip' };
/** A track call of about so many bytes; its event is refused as too large, once it has been taken in. */
const call = (bytes: number) => JSON.stringify({ userId: 'ann', event: 'x', properties: { text: 'x'.repeat(bytes) } });

describe('the bound on what is under way', () => {
  it('is of all requests together, and what one gives back is there for the others', () => {
    const inFlight = new InFlight(100);
    const one = inFlight.enter();
    const other = inFlight.enter();
    expect([one(60), other(41), other(40), one(61)]).toEqual([true, false, true, false]);
    expect([one(10), other(90), one(11)]).toEqual([true, true, false]);
    expect([other(0), one(100), other(1)]).toEqual([true, true, false]);
  });
});

describe('what is under way in ingest', () => {
  let ground: Awaited<ReturnType<typeof startGround>>;
  let broker: Broker;
  let running: Awaited<ReturnType<typeof startIngest>>;
  beforeAll(async () => {
    ground = await startGround();
    broker = await ground.openLog();
  });
  afterAll(async () => {
    await broker?.close();
    await ground?.stop();
  });
  afterEach(() => running.stop());
  const start = async (kilobytes: number) => {
    running = await startIngest(ground, broker, { settings: { INGEST_MAX_IN_FLIGHT_BYTES: kilobytes * KB } });
  };
  const upload = (): ClientRequest => {
    const authorization = `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`;
    const upload = request(`${running.url}/v1/track`, { method: 'POST', headers: { authorization } });
    upload.on('error', () => undefined);
    return upload;
  };
  const untilAnswered = async (status: number) => {
    while ((await running.post('/v1/track', call(300 * KB))).status !== status);
  };

  it.each([
    ['no such key', 401, { key: 'no-such-key' }],
    ['a key that may not import', 403, {}],
  ])('refuses %s before it looks into the body', async (_who, status, options) => {
    await start(1_024);
    for (const [headers, body] of [
      [gzip, 'no gzip'],
      [gzip, gzipSync('x'.repeat(600 * KB))],
      [{}, '{"no JSON'],
    ] as const)
      expect(await running.post('/v1/import', body, { ...options, headers })).toMatchObject({ status });
  });

  it('counts what a packed body may become, and what it has become', async () => {
    await start(300);
    const packed = gzipSync(call(1_000));
    expect(await running.post('/v1/track', packed, { key: null, headers: gzip })).toMatchObject({ status: 429 });
    expect(await running.post('/v1/track', call(200 * KB))).toMatchObject({ status: 200 });
    await running.stop();
    await start(700);
    for (let i = 0; i < 5; i++)
      expect(await running.post('/v1/track', packed, { headers: gzip })).toMatchObject({ status: 200 });
  });

  it('counts a body of unknown length as it comes, until it is answered', async () => {
    await start(512);
    const slow = upload();
    slow.write(call(300 * KB).slice(0, -1));
    await untilAnswered(429);
    slow.end('}');
    const [response] = await once(slow, 'response');
    expect(response.statusCode).toBe(200);
    response.resume();
    await untilAnswered(200);
  });

  it('forgets a body whose sender has gone', async () => {
    await start(512);
    const slow = upload();
    slow.write(call(300 * KB));
    await untilAnswered(429);
    slow.destroy();
    await untilAnswered(200);
  });

  it('stops reading a body of unknown length that is over 500 KB', async () => {
    await start(10_000);
    const endless = upload();
    endless.write(call(600 * KB));
    const [response] = await once(endless, 'response');
    expect(response.statusCode).toBe(413);
    response.resume();
    endless.destroy();
  });

  it('lets a key in the body in, packed or not', async () => {
    await start(1_024);
    const body = JSON.stringify({ writeKey: IMPORT_KEY, batch: [] });
    for (const [headers, sent] of [
      [{}, body],
      [gzip, gzipSync(body)],
    ] as const)
      expect(await running.post('/v1/import', sent, { key: null, headers })).toMatchObject({ status: 200 });
  });
});
