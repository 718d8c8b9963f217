import { gzipSync } from 'node:zlib';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Broker } from '@holdfast/broker';

import { IMPORT_KEY, KEY, readEvents, readRejected, startGround, startIngest } from './running-ingest.fixture.js';

type Ground = Awaited<ReturnType<typeof startGround>>;
type Running = Awaited<ReturnType<typeof startIngest>>;

const viewed = (more: object = {}) => ({
  userId: 'ann',
  event: 'Product Viewed',
  properties: { sku: 'mug', category: 'kitchen' },
  ...more,
});

describe('the HTTP API of ingest', () => {
  let ground: Ground;
  let broker: Broker;
  let running: Running;
  beforeAll(async () => {
    ground = await startGround();
  });
  afterAll(() => ground?.stop());
  beforeEach(async () => {
    broker = await ground.openLog();
    running = await startIngest(ground, broker);
  });
  afterEach(async () => {
    await running.stop();
    await broker.close();
  });

  it('takes each of the Segment calls and answers when it is stored', async () => {
    const calls: [string, object][] = [
      ['track', viewed()],
      ['identify', { userId: 'ann', traits: { email: 'ann@example.org' } }],
      ['page', { anonymousId: 'anon-1', name: 'Home' }],
      ['screen', { anonymousId: 'anon-1', name: 'Start' }],
      ['group', { userId: 'ann', groupId: 'club' }],
      ['alias', { userId: 'ann', previousId: 'anon-1' }],
      ['t', viewed()],
    ];
    for (const [call, body] of calls) {
      const { status, body: answer } = await running.post(`/v1/${call}`, body);
      expect({ call, status, answer }).toEqual({ call, status: 200, answer: { accepted: 1, rejected: [] } });
    }
    const events = await readEvents(broker);
    expect(events.map(({ customer, type }) => `${customer} ${type}`).sort()).toEqual([
      'ann custom',
      'ann identified',
      'ann identified',
      'ann view',
      'ann view',
      'anon-1 view',
      'anon-1 view',
    ]);
    expect(events.find(({ sku }) => sku === 'mug')).toMatchObject({
      shop: 'main',
      origin: 'live',
      category: 'kitchen',
      receivedAt: running.time.at,
      occurredAt: running.time.at,
    });
  });

  it('never lets one bad event reject its batch', async () => {
    const { status, body } = await running.post('/v1/batch', {
      batch: [
        { type: 'track', messageId: 'm1', ...viewed() },
        { type: 'track', event: 'Product Viewed' },
        'nonsense',
        { type: 'track', ...viewed({ event: 'Order Completed', properties: { order_id: 7, revenue: 'twelve' } }) },
        { type: 'identify', messageId: 'm5', userId: 'ben' },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, reason: 'no-customer', pointer: '/userId' },
        { index: 2, reason: 'not-an-object', pointer: '' },
        { index: 3, reason: 'bad-amount', pointer: '/properties/revenue' },
      ],
    });
    expect((await readEvents(broker)).map(({ messageId }) => messageId).sort()).toEqual(['m1', 'm5']);
    expect((await readRejected(broker)).map(({ reason, body: sent }) => [reason, sent])).toEqual([
      ['no-customer', { type: 'track', event: 'Product Viewed' }],
      ['not-an-object', 'nonsense'],
      ['bad-amount', expect.objectContaining({ event: 'Order Completed' })],
    ]);
  });

  it('rejects the one event that is over 32 KB, and the request that is over 500 KB', async () => {
    const big = viewed({ type: 'track', properties: { text: 'x'.repeat(33_000) } });
    const { body } = await running.post('/v1/batch', { batch: [big, viewed({ type: 'track' })] });
    expect(body).toMatchObject({ accepted: 1, rejected: [{ index: 0, reason: 'too-large' }] });
    const [rejected] = await readRejected(broker);
    expect(String(rejected!.body)).toHaveLength(4_096);

    const huge = JSON.stringify({ batch: [], padding: 'x'.repeat(512_000) });
    for (const answer of [
      await running.post('/v1/batch', huge),
      await running.post('/v1/batch', gzipSync(huge), { headers: { 'content-encoding': 'gzip' } }),
    ]) {
      expect(answer.status).toBe(413);
      expect(answer.body['message']).toBe('A request may have 500 KB at most: send smaller batches.');
    }
  });

  it('rejects texts that PostgreSQL could not store, and keeps the rest of the batch', async () => {
    const { body } = await running.post(
      '/v1/batch',
      '{"batch":[{"type":"track","userId":"a\\u0000b","event":"x"},{"type":"track","userId":"a","event":"\\ud800"},{"type":"track","userId":"a","event":"\\ud83d\\ude00"}]}',
    );
    expect(body).toMatchObject({
      accepted: 1,
      rejected: [
        { index: 0, reason: 'bad-text', pointer: '/userId' },
        { index: 1, reason: 'bad-text', pointer: '/event' },
      ],
    });
    const bodies = (await readRejected(broker)).map((rejected) => String(rejected.body));
    expect(bodies.map((text) => JSON.parse(text).userId)).toEqual(['a\u0000b', 'a']);
    expect(bodies.join('')).not.toContain('\u0000');
  });

  it.each<[string, number, string, unknown, { key?: string | null; headers?: Record<string, string> }]>([
    ['no key', 401, 'The write key is missing', viewed(), { key: null }],
    ['a wrong key', 401, 'There is no such write key.', viewed(), { key: 'wrong' }],
    ['a header that is none', 401, 'The write key is', viewed(), { key: null, headers: { authorization: 'Bearer x' } }],
    ['no JSON', 400, 'The body is not JSON', '{"userId":', {}],
    ['no body', 400, 'The body is not JSON', '', {}],
    ['a list', 400, 'The body must be a JSON object.', '[]', {}],
    ['an unknown encoding', 415, 'plain or gzip', viewed(), { headers: { 'content-encoding': 'br' } }],
    ['broken gzip', 400, 'The body is not gzip', 'x', { headers: { 'content-encoding': 'gzip' } }],
  ])('answers %s with %i and a sentence', async (_what, status, sentence, ...request) => {
    const answer = await running.post('/v1/track', ...request);
    expect(answer.status).toBe(status);
    expect(answer.body['message']).toContain(sentence);
    expect(await readEvents(broker)).toEqual([]);
  });

  it.each([
    ['POST', '/v1/trak'],
    ['GET', '/v1/track'],
    ['PUT', '/v1/batch'],
  ])('answers %s %s with the calls that there are', async (method, path) => {
    const response = await fetch(`${running.url}${path}`, { method, ...(method === 'GET' ? {} : { body: '{}' }) });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([404, '*']);
    expect(await response.json()).toEqual({
      message: expect.stringMatching(/^There is no such call: POST to .*batch/),
    });
  });

  it('says so when a batch has no list, and when a key may not import', async () => {
    expect(await running.post('/v1/batch', { batch: 'x' })).toMatchObject({ status: 400 });
    const { status, body } = await running.post('/v1/import', { batch: [] });
    expect([status, body['message']]).toEqual([403, expect.stringContaining('may not import history')]);
  });

  it('understands browsers: preflight, any content type, write key in the body', async () => {
    const preflight = await fetch(`${running.url}/v1/t`, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization.*x-retry-count/);
    const { status, headers } = await running.post(
      '/v1/b',
      { batch: [viewed({ type: 'track', writeKey: KEY })] },
      { key: null, headers: { 'content-type': 'text/plain' } },
    );
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  });

  it.each(['garbage', ';', 'text/plain; charset', 'application/json; charset=latin9'])(
    'takes a body that calls itself %j',
    async (type) => {
      const { status } = await running.post('/v1/track', viewed(), { headers: { 'content-type': type } });
      expect(status).toBe(200);
    },
  );

  it('takes gzip', async () => {
    const answer = await running.post('/v1/track', gzipSync(JSON.stringify(viewed())), {
      headers: { 'content-encoding': 'gzip' },
    });
    expect(answer).toMatchObject({ status: 200, body: { accepted: 1 } });
  });

  it('asks to come back while the log is away, and is not ready then', async () => {
    const healthy = () => [...running.context.health.checks.values()][0]!();
    await broker.close();
    for (let i = 0; i < 2; i++) {
      const { status, headers } = await running.post('/v1/track', viewed());
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    }
    await expect(healthy()).rejects.toThrow('does not take records');
  });

  it('asks to come back when too much is under way', async () => {
    await running.stop();
    running = await startIngest(ground, broker, { settings: { INGEST_MAX_IN_FLIGHT_BYTES: 10 } });
    const { status, headers } = await running.post('/v1/track', viewed());
    expect([status, headers.get('retry-after')]).toEqual([429, '1']);
    await running.stop();
    running = await startIngest(ground, broker);
  });

  it.each<[string, number, [call: string, body: object][]]>([
    [
      'the same content and time, sent again',
      1,
      [
        ['track', viewed({ timestamp: '2026-11-25T09:59:00Z', sentAt: '2026-11-25T09:59:30Z' })],
        ['track', viewed({ timestamp: '2026-11-25T09:59:00Z', sentAt: '2026-11-25T09:59:31Z' })],
      ],
    ],
    [
      'the same in a batch',
      1,
      Array(2).fill(['batch', { batch: [viewed({ type: 'track', originalTimestamp: '2026-11-25T09:59:00Z' })] }]),
    ],
    [
      'another time',
      2,
      [
        ['track', viewed({ timestamp: '2026-11-25T09:59:00Z' })],
        ['track', viewed({ timestamp: '2026-11-25T09:59:01Z' })],
      ],
    ],
    [
      'another call',
      2,
      [
        ['page', { userId: 'ann', timestamp: '2026-11-25T09:59:00Z' }],
        ['screen', { userId: 'ann', timestamp: '2026-11-25T09:59:00Z' }],
      ],
    ],
    ['no time of its own', 2, Array(2).fill(['track', viewed({ timestamp: null })])],
  ])('takes an event without an id for another one or not: %s', async (_what, different, calls) => {
    for (const [call, body] of calls) expect(await running.post(`/v1/${call}`, body)).toMatchObject({ status: 200 });
    const ids = (await readEvents(broker)).map(({ messageId }) => messageId);
    expect([ids.length, new Set(ids).size]).toEqual([2, different]);
  });

  it('keeps a burst of concurrent requests in the order of each customer', async () => {
    const sent = Array.from({ length: 40 }, (_, i) => i);
    for (const i of sent.slice(0, 3)) await running.post('/v1/track', viewed({ messageId: `a${i}` }));
    await Promise.all(sent.map((i) => running.post('/v1/track', viewed({ userId: `c${i % 5}`, messageId: `b${i}` }))));
    const ids = (await readEvents(broker)).map(({ messageId }) => messageId);
    expect(ids).toHaveLength(43);
    expect(ids.filter((id) => id.startsWith('a'))).toEqual(['a0', 'a1', 'a2']);
  });

  it('imports history at its own time, as mapped events or Segment messages, and gives stable ids', async () => {
    const mapped = {
      messageId: 'o1',
      customer: 'ann',
      type: 'purchase',
      occurredAt: '2024-05-01T12:00:00Z',
      amountMinor: 1_999,
      currency: 'EUR',
    };
    const call = { type: 'track', userId: 'ben', event: 'Order Completed', timestamp: '2024-06-01T00:00:00Z' };
    const batch = [
      mapped,
      { ...call, properties: { total: 12 } },
      { ...call, timestamp: undefined },
      { ...mapped, shop: 'other' },
      { ...mapped, occurredAt: '2031-01-01T00:00:00Z' },
      { ...mapped, type: 'buy' },
      { type: 'tick', at: '2024-07-01T00:00:00Z' },
    ];
    for (let i = 0; i < 2; i++) {
      const { body } = await running.post('/v1/import', { batch }, { key: IMPORT_KEY });
      expect(body).toMatchObject({
        accepted: 2,
        rejected: [
          { index: 2, reason: 'no-time', pointer: '/timestamp' },
          { index: 3, reason: 'wrong-shop', pointer: '/shop' },
          { index: 4, reason: 'future', pointer: '/occurredAt' },
          {
            index: 5,
            reason: 'schema',
            pointer: '/type',
            message: '`type` does not fit docs/contracts/behavior.events-v1.json: expected union value.',
          },
          { index: 6, reason: 'not-in-replay', pointer: '/type' },
        ],
      });
    }
    const events = await readEvents(broker);
    expect(new Set(events.map(({ messageId }) => messageId)).size).toBe(2);
    expect(events.find(({ customer }) => customer === 'ann')).toMatchObject({ currency: 'EUR', rate: 0.86 });
    expect(events.find(({ customer }) => customer === 'ben')).toMatchObject({
      origin: 'import',
      receivedAt: Date.parse('2024-06-01T00:00:00Z'),
      occurredAt: Date.parse('2024-06-01T00:00:00Z'),
      importedAt: running.time.at,
      amountMinor: 1_200,
    });
  });
});
