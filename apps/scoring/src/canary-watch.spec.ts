import { describe, expect, it } from '@jest/globals';
import { CANARY_SHOP, type RiskEvent } from '@holdfast/schemas';
import { createMetrics } from '@holdfast/service';

import { CanaryWatch } from './canary-watch.js';

const metrics = createMetrics('scoring', { process: false });
const watch = new CanaryWatch(metrics);
const shown = async () => {
  const { values } = await metrics.silenceCanaryAt.get();
  return new Map(values.map(({ labels, value }) => [labels.partition, value]));
};
const crossed = (customer: string, at: number): RiskEvent => ({
  ...{ type: 'holdfast.canary.v1', shop: CANARY_SHOP, customer, at, data: { origin: 'live' } },
});

describe('the watch over canaries', () => {
  it('shows when each of ours last crossed, until it is no longer ours', async () => {
    watch.own([1, 2]);
    expect(await shown()).toEqual(new Map());
    watch.hear(crossed('2', 5_000));
    watch.hear(crossed('7', 6_000));
    const data = { origin: 'live', amountMinor: 1 } as const;
    watch.hear({ type: 'customer.purchased.v1', shop: 'main', customer: '1', at: 1, data });
    expect([...(await shown())]).toEqual([[2, 5]]);
    watch.hear(crossed('2', 65_000));
    expect([...(await shown())]).toEqual([[2, 65]]);
    watch.own([1]);
    watch.hear(crossed('2', 125_000));
    expect(await shown()).toEqual(new Map());
  });
});
