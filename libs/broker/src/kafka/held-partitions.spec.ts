import { describe, expect, it } from '@jest/globals';

import { HeldPartitions } from './held-partitions.js';

function listening() {
  const told: string[] = [];
  const tell = (kind: string) => async (topic: string, partitions: readonly number[]) => {
    await new Promise((resolve) => setImmediate(resolve));
    told.push(`${kind} ${topic} ${partitions.join(',')}`);
  };
  const held = new HeldPartitions({ assigned: tell('assigned'), revoked: tell('revoked') }, () => undefined);
  return { held, told };
}

describe('what a member holds', () => {
  it('is let go before what is new is taken, in the order of the changes', async () => {
    const { held, told } = listening();
    void held.become(new Map([['a', [0, 1]]]));
    void held.become(new Map([['a', [1, 2]]]));
    expect(await held.become(new Map())).toBe(2);
    expect(told).toEqual(['assigned a 0,1', 'revoked a 0', 'assigned a 2', 'revoked a 1,2']);
  });

  it('may be let go alone: what is new has to wait until it is taken', async () => {
    const { held, told } = listening();
    await held.become(new Map([['a', [0, 1]]]));
    const wanted = new Map([['a', [1, 2]]]);
    expect(await held.letGo(wanted)).toBe(1);
    expect(held.current()).toEqual(new Map([['a', [1]]]));
    await held.become(wanted);
    expect(told).toEqual(['assigned a 0,1', 'revoked a 0', 'assigned a 2']);
  });

  it('is not taken when it is not wanted any more', async () => {
    const { held, told } = listening();
    await held.letGo(new Map([['a', [0]]]));
    await held.become(new Map());
    expect(told).toEqual([]);
  });
});
