import { describe, expect, it } from '@jest/globals';
import {
  BEHAVIOR_EVENTS,
  type BehaviorEvent,
  EVENT_TYPES,
  SEGMENT_EVENTS,
  type SegmentCall,
  typeOfTrack,
} from '@holdfast/schemas';
import fc from 'fast-check';

import { type Json } from './fields.js';
import { parseRates } from './rates.js';
import { mapSegment, type Reception } from './segment-event.js';

type EventShape = Partial<BehaviorEvent>;
const NOW = Date.parse('2026-11-25T10:00:00Z');
const reception: Reception = {
  shop: 'main',
  rates: parseRates('EUR=0.86,JPY=0.0052', 'GBP'),
  receivedAt: NOW,
  origin: 'live',
  history: false,
  newId: () => 'made',
};
const order = (properties: object): Json => ({ event: 'Order Completed', properties });
const map = (message: Json, call: SegmentCall = 'track', more: Partial<Reception> = {}) =>
  mapSegment(call, { userId: 'ann', ...message }, { ...reception, ...more });
const track = (event: string, properties: object = {}, more: Json = {}) => map({ event, properties, ...more });

describe('the names of Segment', () => {
  it('are understood however they are written', () => {
    for (const name of ['Order Completed', 'order_completed', 'ORDER-COMPLETED', 'orderCompleted', 'purchase'])
      expect(typeOfTrack(name)).toBe('purchase');
    expect(typeOfTrack('Something Else')).toBe('custom');
    for (const type of Object.values(SEGMENT_EVENTS)) expect(EVENT_TYPES).toContain(type);
  });
});

describe('a Segment message', () => {
  it('becomes a purchase with lines, in minor units of its currency, with the rate', () => {
    const event = track('Order Completed', {
      order_id: '1001',
      total: 54.4,
      revenue: '49.40',
      currency: 'eur',
      discount: 2.5,
      coupon: 'hello',
      products: [
        { product_id: 'a', price: 19.99, quantity: 2, category: 'Games' },
        { sku: 7, price: 9.42 },
      ],
    });
    expect(event).toMatchObject({
      type: 'purchase',
      orderId: '1001',
      amountMinor: 4_940,
      currency: 'EUR',
      rate: 0.86,
      discountMinor: 250,
      coupon: 'hello',
      lines: [
        { sku: 'a', quantity: 2, amountMinor: 3_998, category: 'Games' },
        { sku: '7', quantity: 1, amountMinor: 942 },
      ],
    });
  });

  it.each<[string, object, object]>([
    [
      'sums the lines where no amount is said',
      { products: [{ sku: 'a', price: 2, quantity: 3 }] },
      { amountMinor: 600 },
    ],
    ['takes the base currency where none is said', { total: 1.005 }, { amountMinor: 101, currency: 'GBP', rate: 1 }],
    ['knows currencies without pence', { total: 500, currency: 'JPY' }, { amountMinor: 500, rate: 0.0052 * 100 }],
    ['counts an unknown currency as 1', { total: 5, currency: 'CHF' }, { amountMinor: 500, rate: 1 }],
  ])('%s', (_what, properties, expected) => {
    expect(track('Order Completed', properties)).toMatchObject(expected);
  });

  it.each<[string, EventShape, string, object]>([
    ['Order Refunded', { type: 'refund', amountMinor: 300 }, 'refunds are positive', { total: -3 }],
    [
      'Product Added',
      { type: 'cart', amountMinor: 600, sku: 'x' },
      'price by quantity',
      { sku: 'x', price: 2, quantity: 3 },
    ],
    ['Products Searched', { type: 'search', name: 'mug' }, 'the query', { query: 'mug' }],
    ['Coupon Denied', { type: 'coupon-denied', coupon: 'X1' }, 'the coupon', { coupon_id: 'X1' }],
    ['Unsubscribed', { consent: { channel: 'email', granted: false } }, 'consent is gone', {}],
    ['Consent Changed', { consent: { channel: 'sms', granted: true } }, 'consent', { channel: 'SMS', granted: true }],
    ['Email Link Clicked', { type: 'message-clicked', decisionId: 'd1' }, 'the decision', { decision_id: 'd1' }],
    ['Whatever', { type: 'custom', name: 'Whatever' }, 'its name', {}],
  ])('%s becomes %j: %s', (name, expected, _why, properties) => {
    expect(track(name, properties)).toMatchObject(expected);
  });

  it.each<[SegmentCall, Json, EventShape]>([
    ['page', { name: 'Home', category: 'Docs' }, { type: 'view', name: 'Home', category: 'Docs' }],
    ['screen', { name: 'Start' }, { type: 'view', name: 'Start' }],
    ['identify', { traits: { email: 'a@example.org' } }, { type: 'identified', email: 'a@example.org' }],
    ['alias', { previousId: 'x' }, { type: 'identified' }],
    ['group', { groupId: 'g' }, { type: 'custom' }],
  ])('%s is understood', (call, message, expected) => {
    expect(map(message, call)).toMatchObject(expected);
  });

  it('reads device and session, and takes the anonymous id where nobody is signed in', () => {
    const event = map({
      userId: null,
      anonymousId: 'anon',
      event: 'Product Viewed',
      context: {
        userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)',
        sessionId: 17,
        library: { name: 'js' },
      },
    });
    expect(event).toMatchObject({ customer: 'anon', device: 'mobile', session: '17', sender: 'js', messageId: 'made' });
  });

  it('names the app and its version, which fall silent together', () => {
    const of = (app: unknown) => mapSegment('track', { userId: 'u', event: 'x', context: { app } }, reception);
    expect(of({ name: 'shop', version: '4.2.1', build: '77' })).toMatchObject({ app: 'shop 4.2.1' });
    expect(of({ namespace: 'com.shop' })).toMatchObject({ app: 'com.shop' });
    for (const app of [undefined, {}, 'shop']) expect(of(app)).not.toHaveProperty('app');
  });

  it('corrects the clock with the sentAt of its batch', () => {
    const timestamp = '2020-01-01T00:00:00Z';
    const event = map({ event: 'x', timestamp }, 'track', { sentAt: Date.parse('2020-01-01T01:00:00Z') });
    expect(event).toMatchObject({ occurredAt: NOW - 3_600_000, receivedAt: NOW });
  });

  it('cuts long descriptions, without tearing a character', () => {
    const { category } = track('Product Viewed', { category: `${'x'.repeat(199)}😀` }) as BehaviorEvent;
    expect(category).toBe('x'.repeat(199));
  });

  it.each<[string, Json, string, string]>([
    ['nobody', { userId: '', anonymousId: '', event: 'x' }, 'no-customer', '/userId'],
    ['no event', {}, 'schema', '/event'],
    ['an id that is an object', { userId: {}, event: 'x' }, 'bad-id', '/userId'],
    ['an id that is too long', { userId: 'x'.repeat(201), event: 'x' }, 'bad-id', '/userId'],
    ['a message id that is too long', { messageId: 'x'.repeat(201), event: 'x' }, 'bad-id', '/messageId'],
    ['a time that is none', { event: 'x', timestamp: 'yesterday' }, 'bad-time', '/timestamp'],
    ['a time before 1970', { event: 'x', originalTimestamp: -1 }, 'bad-time', '/originalTimestamp'],
    ['a sentAt that is none', { event: 'x', sentAt: '' }, 'bad-time', '/sentAt'],
    ['an amount that is none', order({ revenue: 'much' }), 'bad-amount', '/properties/revenue'],
    ['an amount that is an object', order({ total: [1] }), 'bad-amount', '/properties/total'],
    ['an absurd amount', order({ total: 1e300 }), 'bad-amount', '/properties/total'],
    ['a negative purchase', order({ total: -1 }), 'bad-amount', '/properties'],
    ['a bad price', order({ products: [{ sku: 'a', price: 'x' }] }), 'bad-amount', '/properties/products/0/price'],
    ['a currency that is none', order({ total: 1, currency: '£' }), 'bad-currency', '/properties/currency'],
    [
      'a consent for no channel',
      { event: 'Consent Changed', properties: { granted: true } },
      'schema',
      '/properties/channel',
    ],
  ])('is refused for %s', (_what, message, reason, pointer) => {
    expect(map(message)).toMatchObject({ reason, pointer, message: expect.stringMatching(/^.+\.$/) });
  });

  it.each<[unknown]>([[{ toString: 0 }], [{ valueOf: 1 }], [[2]], [true]])(
    'has no quantity where that is %j',
    (quantity) => {
      const message = { event: 'Coupon Denied', userId: 'a', messageId: 'm', properties: { quantity } };
      expect(map(message)).not.toHaveProperty('quantity');
      expect(map(message)).toMatchObject({ type: 'coupon-denied' });
    },
  );

  it('either fits the schema of the log or is refused, whatever it holds', () => {
    const key = fc.constantFrom(
      'userId',
      'anonymousId',
      'messageId',
      'timestamp',
      'sentAt',
      'context',
      'traits',
      'name',
    );
    const property = fc.constantFrom(
      'total',
      'currency',
      'products',
      'sku',
      'coupon',
      'quantity',
      'discount',
      'order_id',
    );
    const value = fc.jsonValue();
    const event = fc.constantFrom(...Object.keys(SEGMENT_EVENTS));
    fc.assert(
      fc.property(event, fc.dictionary(key, value), fc.dictionary(property, value), (name, message, properties) => {
        const mapped = map({ ...message, event: name, properties });
        if ('reason' in mapped) return;
        const again = BEHAVIOR_EVENTS.decode(BEHAVIOR_EVENTS.encode(mapped, { id: '', sequence: 0 }));
        expect(again).toEqual(mapped);
      }),
      { numRuns: 500 },
    );
  });
});
