import { describe, expect, it } from '@jest/globals';

import { WIDE } from './wide.js';
import { GROUP_OF_WIDE, WIDE_GROUPS } from './wide-groups.js';

describe('groups of wide features', () => {
  it('have every feature, and no group is empty', () => {
    expect(WIDE.filter((_, i) => GROUP_OF_WIDE[i] === -1)).toEqual([]);
    expect(new Set(GROUP_OF_WIDE).size).toBe(WIDE_GROUPS.length);
  });

  it('keep apart what people keep apart', () => {
    const groupOf = (name: string) => WIDE_GROUPS[GROUP_OF_WIDE[WIDE.indexOf(name)]!];
    expect(['recencyOverGap', 'sessions', 'carts30', 'refunds', 'spend90'].map(groupOf)).toEqual([
      ...['rhythm', 'visits', 'baskets', 'returns', 'purchases'],
    ]);
  });
});
