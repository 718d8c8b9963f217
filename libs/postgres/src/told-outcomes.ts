// What became of messages, as the log tells it. A database restored from an older backup does not know what has left since: told of it,
// it does not queue those messages once more.
import { unnestRows } from './read-model-columns.js';
import { type Transaction } from './transaction.js';

/** The end of one message. */
export interface ToldOutcome {
  readonly shop: string;
  readonly decisionId: string;
  readonly state: 'sent' | 'failed' | 'cancelled';
  readonly reason: string | null;
  readonly at: number;
}

/** Remembers them for messages that are still to be decided, and ends those that are queued. One a decision; may be repeated. */
export async function noteToldOutcomes(tx: Transaction, rows: readonly ToldOutcome[]): Promise<void> {
  if (rows.length === 0) return;
  const { names, from, parameters } = unnestRows<ToldOutcome>(rows, {
    shop: ['text', (row) => row.shop],
    decision_id: ['text', (row) => row.decisionId],
    state: ['text', (row) => row.state],
    reason: ['text', (row) => row.reason],
    at: ['bigint', (row) => row.at],
  });
  await tx.query(
    `insert into told_outcomes (${names}) select ${names} from ${from}
     on conflict (shop, decision_id) do update set state = excluded.state, reason = excluded.reason, at = excluded.at`,
    parameters,
  );
  await tx.query(
    `update messages m set state = told.state, reason = told.reason, claimed_until = null, claim = null,
            sent_at = case when told.state = 'sent' then told.at end
       from ${from} join told_outcomes told using (shop, decision_id)
      where m.state = 'queued' and m.shop = told.shop and m.decision_id = told.decision_id`,
    parameters,
  );
}
