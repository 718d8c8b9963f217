import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  ACTIVITY_TYPES,
  BEHAVIOR_EVENTS,
  type BehaviorEvent,
  CUSTOMER_RISK,
  DecodeError,
  EVENT_TYPES,
  formatSource,
  fromIso,
  isActivity,
  murmur2,
  NOTICE_TYPES,
  parseSource,
  partitionOf,
  type RiskEvent,
  tickCodec,
  toIso,
  TOPICS,
} from './index.js';

const meta = { id: 'log-0-7-1', sequence: 42 };
const bytes = (text: string) => new TextEncoder().encode(text);

const purchase: BehaviorEvent = {
  messageId: 'm1',
  shop: 'main',
  customer: 'c/1',
  type: 'purchase',
  occurredAt: 1_700_000_000_123,
  receivedAt: 1_700_000_000_456,
  origin: 'live',
  orderId: 'o1',
  amountMinor: 1999,
  currency: 'GBP',
  rate: 1,
  lines: [{ sku: 's', quantity: 2, amountMinor: 1999 }],
};

const crossed: RiskEvent = {
  type: 'churn.risk.crossed.v1',
  shop: 'main',
  customer: 'c/1',
  at: 1_700_000_000_000,
  expiresAt: 1_700_000_001_000,
  data: {
    origin: 'live',
    tier: { from: 'medium', to: 'high' },
    threshold: 0.7,
    thresholdsVersion: 't1',
    risk: 0.7,
    cause: 'silence',
    silenceDays: 33.5,
    forecast: [],
    valueAtRiskMinor: 1399.3,
    orders: 4,
    reasons: [{ name: 'silence', weight: 1.2 }],
    model: 'abcdef0123456789',
  },
};

describe('records on the wire', () => {
  it('survive the round trip, with times as ISO 8601 outside and milliseconds inside', () => {
    const wire = BEHAVIOR_EVENTS.encode(purchase, meta);
    expect(JSON.parse(new TextDecoder().decode(wire)).occurredAt).toBe('2023-11-14T22:13:20.123Z');
    expect(BEHAVIOR_EVENTS.decode(wire)).toEqual(purchase);
  });

  it('are CloudEvents 1.0 on customer.risk, with a sequence that sorts as text', () => {
    const wire = CUSTOMER_RISK.encode(crossed, meta);
    expect(JSON.parse(new TextDecoder().decode(wire))).toMatchObject({
      specversion: '1.0',
      id: 'log-0-7-1',
      type: 'churn.risk.crossed.v1',
      subject: 'c/1',
      sequence: '000000000042',
      partitionkey: 'main/c/1',
      time: '2023-11-14T22:13:20.000Z',
    });
    expect(CUSTOMER_RISK.decode(wire)).toEqual(crossed);
  });

  it.each([
    ['not JSON', '{', /not JSON/, ''],
    ['no object', '[]', /object/i, ''],
    [
      'an unknown type',
      JSON.stringify({ ...purchase, type: 'teleport', occurredAt: '', receivedAt: '' }),
      /./,
      '/type',
    ],
    ['U+0000', JSON.stringify({ ...purchase, customer: 'a\0b', occurredAt: '', receivedAt: '' }), /./, '/customer'],
    ['no instant', JSON.stringify({ ...purchase, occurredAt: 'noon', receivedAt: 'noon' }), /instant/, '/occurredAt'],
  ])('refuse %s, saying where', (_what, text, message, pointer) => {
    const decode = () => BEHAVIOR_EVENTS.decode(bytes(text));
    expect(decode).toThrow(DecodeError);
    expect(decode).toThrow(message);
    try {
      decode();
    } catch (error) {
      expect((error as DecodeError).pointer).toBe(pointer);
    }
  });

  it.each([
    ['no instant', { time: 'noon' }, /instant/, '/time'],
    ['no instant to expire at', { expirytime: 'noon' }, /instant/, '/expirytime'],
    ['a key without a shop', { partitionkey: 'ann' }, /./, '/partitionkey'],
    ['an unknown type', { type: 'churn.risk.vanished.v1' }, /./, '/type'],
  ])('of customer.risk refuse %s, saying where', (_what, changed, message, pointer) => {
    const wire = JSON.parse(new TextDecoder().decode(CUSTOMER_RISK.encode(crossed, meta)));
    const decode = () => CUSTOMER_RISK.decode(bytes(JSON.stringify({ ...wire, ...changed })));
    expect(decode).toThrow(message);
    expect(decode).toThrow(expect.objectContaining({ name: 'DecodeError', pointer }));
  });

  it('carry ticks as small as they can be', () => {
    expect(tickCodec.encode({ type: 'tick', at: 1_700_000_000_000 }, meta).length).toBeLessThan(64);
  });
});

describe('instants', () => {
  it('are written as Date writes them', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (at) => {
        expect(toIso(at)).toBe(new Date(at).toISOString());
        expect(fromIso(toIso(at))).toBe(at);
      }),
    );
  });

  it.each([NaN, Infinity, 9e15])('refuse %s', (at) => {
    expect(() => toIso(at)).toThrow(RangeError);
  });
});

describe('event types', () => {
  it('are activity or notice, never both', () => {
    expect(new Set(EVENT_TYPES).size).toBe(ACTIVITY_TYPES.length + NOTICE_TYPES.length);
    expect(EVENT_TYPES.filter(isActivity)).toEqual([...ACTIVITY_TYPES]);
  });
});

describe('partitions', () => {
  // Vectors of Kafka's own UtilsTest, so that producers in other languages agree with us.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hash %s as Kafka does', (text, hash) => expect(murmur2(bytes(text))).toBe(hash));

  it('lie within the count', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 99 }), (key, n) => {
        const p = partitionOf(key, n);
        return Number.isInteger(p) && p >= 0 && p < n;
      }),
    );
  });
});

describe('source positions', () => {
  it('survive the round trip', () => {
    const at = (offset: number, index: number) => ({ logId: 'l', partition: 3, offset, index });
    expect(parseSource(formatSource(at(10, 2)))).toEqual(at(10, 2));
    expect(() => parseSource('nonsense')).toThrow(RangeError);
  });
});

describe('the topic table', () => {
  it('follows the naming convention and says what each topic is for', () => {
    for (const { name, about } of TOPICS) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
      expect(about.length).toBeGreaterThan(20);
    }
    expect(new Set(TOPICS.map((t) => t.name)).size).toBe(TOPICS.length);
  });
});
