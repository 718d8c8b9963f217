// When the canary of each partition of ours last crossed by silence: for Prometheus, which sounds the alarm when it was too long ago.
import { canaryPartition, type RiskEvent } from '@holdfast/schemas';
import { type Metrics } from '@holdfast/service';

export class CanaryWatch {
  readonly #partitions = new Set<number>();

  constructor(private readonly metrics: Metrics) {}

  /** These partitions are ours now. Of one that has just become so nothing is shown before its canary has crossed. */
  own(partitions: readonly number[]): void {
    for (const partition of this.#partitions) {
      if (partitions.includes(partition)) continue;
      this.#partitions.delete(partition);
      this.metrics.silenceCanaryAt.remove({ partition });
    }
    for (const partition of partitions) this.#partitions.add(partition);
  }

  /** Passes over what is about nobody's canary. */
  hear({ type, customer, at }: RiskEvent): void {
    const partition = canaryPartition(customer);
    if (type !== 'holdfast.canary.v1' || !this.#partitions.has(partition)) return;
    this.metrics.silenceCanaryAt.set({ partition }, at / 1_000);
  }
}
