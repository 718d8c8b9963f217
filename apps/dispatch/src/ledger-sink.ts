// The sink over customer.risk, and the place to start reading: how a decision is made.
//
//   1. A customer crosses into a tier. The playbook for that tier says what could be done (policy: playbooks.ts).
//   2. Guards ask whether this customer may be considered at all: consent, caps, budget … The first "no" is kept with
//      its reason. The arm has not been drawn yet, so both arms are alike (policy: eligibility.ts).
//   3. The arm is drawn by a keyed hash of customer and playbook: the same in every replay. A customer in a playbook is one unit,
//      from their first decision of it on, and keeps its arm (policy: assignment.ts, decide.ts).
//   4. Treatment: a message is written, with a code of its own where the playbook has an offer (save-changes.ts), and sent when it
//      is due, unless something has come up by then (sender.ts). Hold-out: nothing, but it uses up caps and budget all the same.
//   5. When its window has closed, the first tick after that settles the decision by the purchases stored by then (policy:
//      settle.ts). The effect is the difference between the units of both arms (policy: effect.ts).
//
// All of it is told in intervention.events (intervention-events.ts, publisher.ts).
//
// A batch of records is applied in one transaction, the one that also moves the partition's position: load-book.ts reads what the
// ledger knows of the customers in it, applyRecord (policy: fold.ts) does 1 to 5 record by record in memory, save-changes.ts writes.
import { applyRecord, type Decision, type Policy, type Rules } from '@holdfast/policy';
import { type Transaction } from '@holdfast/postgres';
import { CUSTOMER_RISK, type RiskEvent } from '@holdfast/schemas';
import { type Metrics } from '@holdfast/service';
import { type Sink, type SinkRecord } from '@holdfast/stream';

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
  /** Decisions settled at once, ≥ 1; default 1,000. */
  readonly mostDue?: number;
}

/** What a transaction has read or made is only true once it has committed: a coupon key that was rolled back is none. */
interface Unconfirmed {
  readonly installation: Installation;
  readonly decisions: Pick<Decision, 'playbook' | 'arm'>[];
  hasChanged: boolean;
}

type Records = readonly SinkRecord<RiskEvent>[];

/** The dispatch sink. */
export function ledgerSink(options: LedgerSinkOptions): Sink<RiskEvent> {
  const { rules, voice, metrics, mostDue = 1_000 } = options;
  let installation: Installation | undefined;
  /** By partition. */
  const unconfirmed = new Map<number, Unconfirmed>();

  /**
   * Load, fold, save. After a standstill more decisions may be due than fit into memory. Then no more than `mostDue` are loaded, and
   * since it makes no difference where a batch is cut, it is cut: down to a tick alone, which is applied until it finds no more.
   */
  async function applyBatch(records: Records, policy: Policy, tx: Transaction): Promise<void> {
    for (let isMore = true; isMore;) {
      const book = await loadBook(tx, records, { ...policy, mostDue });
      isMore = book.due.length === mostDue;
      if (isMore && records.length > 1) {
        const middle = records.length >> 1;
        await applyBatch(records.slice(0, middle), policy, tx);
        return applyBatch(records.slice(middle), policy, tx);
      }
      const changes = records.flatMap((record) => applyRecord(book, record, policy));
      if (changes.length === 0) return;
      const { partition } = policy;
      await saveChanges(tx, { changes, book }, { partition, channels: rules.channels, voice });
      const done = unconfirmed.get(partition)!;
      done.hasChanged = true;
      for (const change of changes) if (change.kind === 'assigned') done.decisions.push(change.decision);
    }
  }

  return {
    name: 'dispatch',
    input: CUSTOMER_RISK,
    async apply(records, partition, transaction) {
      const installed = installation ?? (await options.installation(transaction));
      unconfirmed.set(partition, { installation: installed, decisions: [], hasChanged: false });
      await applyBatch(records, { rules, partition, ...installed }, transaction);
    },
    committed(partition) {
      const done = unconfirmed.get(partition);
      if (!done) return;
      unconfirmed.delete(partition);
      installation ??= done.installation;
      for (const { playbook, arm } of done.decisions) metrics?.decisionsTotal.inc({ playbook, arm });
      if (done.hasChanged) options.committed?.(partition);
    },
  };
}
