// One way in which it might have gone: scoring over the feature records of a partition, and the decisions that dispatch would have made.
// All in memory.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { applyRecord, emptyLedgerBook, type Policy } from '@holdfast/policy';
import { CUSTOMER_RISK, DAY, fromIso, HEADERS, type Millis, type Tier, toIso } from '@holdfast/schemas';
import { UndisturbedFold } from '@holdfast/stream';
import { createScoringTask, type Models } from '@holdfast/tasks';

/** A customer has crossed into a worse tier. */
export interface Crossed {
  readonly customer: string;
  readonly tier: Tier;
  readonly at: Millis;
  readonly cause: 'event' | 'silence';
  /** Of the activity that the silence follows. */
  readonly since: Millis;
}

/** What a playbook would have done about a crossing. */
export interface Decided {
  readonly customer: string;
  readonly at: Millis;
  readonly playbook: string;
  /** Of who was not passed over. */
  readonly arm: 'treatment' | 'hold-out' | null;
}

export class Course {
  crossed: Crossed[] = [];
  decided: Decided[] = [];
  readonly #scoring: UndisturbedFold;
  readonly #book = emptyLedgerBook();

  constructor(
    models: Models,
    private readonly policy: Policy,
  ) {
    this.#scoring = new UndisturbedFold(createScoringTask(models), { logId: 'what-if', partition: policy.partition });
  }

  /** Takes in the partition's next record of customer.features. */
  take(record: StoredRecord): void {
    for (const output of this.#scoring.apply(record)) if (output.key !== null) this.#hear(output);
  }

  #hear({ value: bytes, at, headers }: BrokerRecord): void {
    const value = CUSTOMER_RISK.decode(bytes);
    const id = headers[HEADERS.eventId]!;
    if (value.type === 'churn.risk.crossed.v1') {
      const { tier, cause, silenceDays } = value.data;
      const since = Math.round((value.at - silenceDays * DAY) / 1_000);
      this.crossed.push({ customer: value.customer, tier: tier.to, at: value.at, cause, since });
    }
    if (value.type === 'churn.risk.corrected.v1')
      this.#takeBack(value.customer, fromIso(value.data.corrects ?? toIso(value.at)));
    for (const change of applyRecord(this.#book, { kind: 'record', value, id, at }, this.policy)) {
      if (change.kind === 'assigned') {
        const { playbook, arm } = change.decision;
        this.decided.push({ customer: value.customer, at: value.at, playbook, arm });
      } else if (change.kind === 'skipped') {
        this.decided.push({ customer: value.customer, at: value.at, playbook: change.playbook, arm: null });
      }
    }
  }

  /** Neither a crossing counts that is taken back, nor what was decided about it. */
  #takeBack(customer: string, crossedAt: Millis): void {
    const stays = (one: { readonly customer: string; readonly at: Millis }) =>
      one.customer !== customer || one.at !== crossedAt;
    this.crossed = this.crossed.filter(stays);
    this.decided = this.decided.filter(stays);
  }
}
