import { describe, expect, it } from '@jest/globals';

import { assign, decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from './assignment.js';

const member = (owned: readonly number[]) => ({ topics: ['t'], owned: new Map([['t', owned]]) });
const shares = (members: Record<string, readonly number[]>, count = 4): Record<string, number[]> => {
  const subscriptions = new Map(Object.entries(members).map(([id, owned]) => [id, member(owned)]));
  const result = assign(subscriptions, new Map([['t', count]]));
  return Object.fromEntries([...result].map(([id, holding]) => [id, holding.get('t') ?? []]));
};

describe('sharing a topic among the members of a Kafka group', () => {
  it('takes first and gives only when the owner has let go', () => {
    expect(shares({ a: [], b: [] })).toEqual({ a: [0, 1], b: [2, 3] });
    expect(shares({ a: [0, 1, 2, 3], b: [] })).toEqual({ a: [0, 1], b: [] });
    expect(shares({ a: [0, 1], b: [] })).toEqual({ a: [0, 1], b: [2, 3] });
    expect(shares({ b: [2, 3] })).toEqual({ b: [2, 3, 0, 1] });
  });

  it('leaves alone what stays', () => {
    expect(shares({ a: [3], b: [1, 2] })).toEqual({ a: [3, 0], b: [1, 2] });
  });

  it('gives to nobody, for now, what two claim', () => {
    expect(shares({ a: [0, 1], b: [1, 2] })).toEqual({ a: [0], b: [2, 3] });
  });

  it('keeps subscription and assignment through their bytes', () => {
    const owned = new Map([
      ['t', [0, 5]],
      ['u', []],
    ]);
    expect(decodeSubscription(encodeSubscription({ topics: ['t', 'u'], owned }))).toEqual({
      topics: ['t', 'u'],
      owned,
    });
    expect(decodeAssignment(encodeAssignment(owned))).toEqual(owned);
    expect(decodeAssignment(Buffer.alloc(0))).toEqual(new Map());
  });
});
