import { describe, expect, it } from '@jest/globals';
import { CUSTOMER_FEATURES, type BehaviorEvent, DAY } from '@holdfast/schemas';

import { featuresTask } from './features.task.js';

const START = Date.UTC(2024, 0, 1);
const order = (days: number): BehaviorEvent => ({
  messageId: `m${days}`, shop: 'main', customer: 'c', type: 'purchase', amountMinor: 100 * (1 + days),
  occurredAt: START + days * DAY, receivedAt: START + days * DAY, origin: 'live',
}); // prettier-ignore

describe('the features task', () => {
  it('writes one record per event, the same after a restart between any two', () => {
    let inMemory: ReturnType<typeof featuresTask.step>['state'] | undefined;
    let stored: typeof inMemory;
    for (const event of [order(0), order(9), order(40), order(200)]) {
      const one = featuresTask.step(inMemory ?? undefined, event, event.receivedAt, null);
      const other = featuresTask.step(stored ?? undefined, event, event.receivedAt, null);
      expect(one.outputs).toHaveLength(1);
      expect(other).toEqual(one);
      expect(one.wakeAt).toBeUndefined();
      inMemory = one.state;
      stored = featuresTask.state.decode(featuresTask.state.encode(one.state!));
    }
  });

  it('writes records that its topic can carry', () => {
    const [record] = featuresTask.step(undefined, order(3), START, null).outputs;
    const bytes = CUSTOMER_FEATURES.encode(record!, { id: 'i', sequence: 1 });
    expect(CUSTOMER_FEATURES.decode(bytes)).toEqual(record);
    expect(bytes.length).toBeLessThan(1500);
  });

  it('says what is counted of events that come late', () => {
    const noted = (before: readonly BehaviorEvent[], event: BehaviorEvent) => {
      let state: Parameters<typeof featuresTask.step>[0];
      for (const one of before) state = featuresTask.step(state, one, one.receivedAt, null).state!;
      return featuresTask.step(state, event, event.receivedAt, null).noted;
    };
    const told = { ...order(5), receivedAt: order(40).receivedAt };
    expect(noted([order(1)], told)).toBeUndefined();
    expect(noted([order(1), order(39)], { ...order(38), receivedAt: order(40).receivedAt })).toBe('late');
    expect(noted([order(1), order(20), order(39)], told)).toBe('too-late');
  });

  it('is told apart by shop and message id, the key of duplicate removal', () => {
    expect(featuresTask.messageId!(order(3))).toBe('main/m3');
  });
});
