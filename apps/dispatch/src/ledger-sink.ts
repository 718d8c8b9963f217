// The sink over customer.risk: load, fold, save, all in the transaction that also moves the position.
import { applyRecord, type Change, type Policy, type Rules } from '@holdfast/policy';
import { type Transaction } from '@holdfast/postgres';
import { CUSTOMER_RISK, type RiskEvent } from '@holdfast/schemas';
import { type Metrics } from '@holdfast/service';
import { type Sink } from '@holdfast/stream';

import { loadBook } from './load-book.js';
import { saveChanges } from './save-changes.js';
import { type Voice } from './texts.js';

/** What log and database know of this installation. */
export interface Installation {
  /** Partitions of customer.risk. */
  readonly partitions: number;
  codeOf(decisionId: string): string;
}

/** What the sink needs besides the records. */
export interface LedgerSinkOptions {
  readonly rules: Rules;
  readonly voice: Voice;
  /** Asked in the first batch's transaction: another connection could be waited for by all batches at once, for ever. */
  installation(transaction: Transaction): Promise<Installation>;
  readonly metrics?: Metrics;
  /** Something of this partition is committed: publish and send. */
  committed?(partition: number): void;
}

/** The dispatch sink. */
export function ledgerSink(options: LedgerSinkOptions): Sink<RiskEvent> {
  const { rules, voice, metrics } = options;
  let installation: Installation | undefined;
  // What a transaction has read or made is only true once it has committed: a coupon key that was rolled back is none.
  const unconfirmed = new Map<number, Installation>();
  const uncounted = new Map<number, readonly Change[]>();
  return {
    name: 'dispatch',
    input: CUSTOMER_RISK,
    async apply(records, partition, transaction) {
      const installed = installation ?? (await options.installation(transaction));
      unconfirmed.set(partition, installed);
      const policy: Policy = { rules, partition, ...installed };
      const book = await loadBook(transaction, records, policy);
      const changes = records.flatMap((record) => applyRecord(book, record, policy));
      if (changes.length > 0)
        await saveChanges(transaction, { changes, book }, { partition, channels: rules.channels, voice });
      uncounted.set(partition, changes);
    },
    committed(partition) {
      installation ??= unconfirmed.get(partition);
      unconfirmed.delete(partition);
      const changes = uncounted.get(partition) ?? [];
      uncounted.delete(partition);
      for (const change of changes)
        if (change.kind === 'assigned')
          metrics?.decisionsTotal.inc({ playbook: change.decision.playbook, arm: change.decision.arm });
      if (changes.length > 0) options.committed?.(partition);
    },
  };
}
