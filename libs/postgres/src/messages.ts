// The queue of messages. A sender takes a lease (committed before it sends), sends, and writes the result; whoever dies in
// between loses the lease, and the next one sends again under the same decision id, by which the receiver tells a repetition.
import { unnestRows } from './read-model-columns.js';
import { type CustomerName } from './read-model-lists.js';
import { type Transaction } from './transaction.js';

/** A message to be stored with its decision. */
export interface MessageInsert extends CustomerName {
  readonly decisionId: string;
  readonly playbook: string;
  readonly origin: string;
  readonly channel: string;
  readonly subject: string;
  readonly body: string;
  readonly at: number;
  readonly sendAt: number;
  readonly expiresAt: number | null;
  readonly state: 'queued' | 'no-channel' | 'simulated';
}

const STATE = 'coalesce(told.state, row.state)';

/** Adds messages of a partition; those that are there stay. What the log tells of one that is to be queued holds: see told-outcomes.ts. */
export async function saveMessages(tx: Transaction, partition: number, rows: readonly MessageInsert[]) {
  if (rows.length === 0) return;
  const { names, from, parameters } = unnestRows<MessageInsert>(rows, {
    shop: ['text', (m) => m.shop],
    decision_id: ['text', (m) => m.decisionId],
    partition: ['int', () => partition],
    customer: ['text', (m) => m.customer],
    playbook: ['text', (m) => m.playbook],
    origin: ['text', (m) => m.origin],
    channel: ['text', (m) => m.channel],
    subject: ['text', (m) => m.subject],
    body: ['text', (m) => m.body],
    at: ['bigint', (m) => m.at],
    send_at: ['bigint', (m) => m.sendAt],
    expires_at: ['bigint', (m) => m.expiresAt],
    state: ['text', (m) => m.state],
    next_try_at: ['bigint', (m) => m.sendAt],
  });
  const values = names.split(', ').map((name) => (name === 'state' ? STATE : `row.${name}`));
  await tx.query(
    `insert into messages (${names}, reason, sent_at)
     select ${values.join(', ')}, told.reason, case when told.state = 'sent' then told.at end
       from ${from} left join told_outcomes told
         on row.state = 'queued' and told.shop = row.shop and told.decision_id = row.decision_id
     on conflict (shop, decision_id) do nothing`,
    parameters,
  );
}

/** A leased message, with what has become of its customer since the decision. */
export interface ClaimedMessage extends CustomerName {
  readonly decisionId: string;
  readonly partition: number;
  readonly playbook: string;
  readonly origin: 'live' | 'import' | 'replay' | 'what-if';
  readonly channel: 'email' | 'sms' | 'push' | 'in-app' | 'webhook' | 'staff';
  readonly subject: string;
  readonly body: string;
  readonly code: string | null;
  readonly discountPercent: number | null;
  readonly expiresAt: number | null;
  /** Counting this one. */
  readonly attempts: number;
  readonly consents: readonly { readonly channel: string; readonly granted: boolean; readonly at: number }[];
  readonly email: string | null;
  readonly hasPurchasedSince: boolean;
  readonly hasReturnedSince: boolean;
}

/**
 * Takes a lease on messages that are due, oldest first; of those whose lease was never given back, the least tried first. Committed
 * when it resolves. What is known of the customers comes with it: asked for separately, it could fail when the lease has been taken
 * already.
 */
export const claimMessages = (
  database: Transaction,
  options: {
    readonly now: number;
    readonly claimedUntil: number;
    /** Whose lease it is; the result is only taken from its holder. */
    readonly claim: string;
    readonly channels: readonly string[];
    /** Null: of all. */
    readonly partitions: readonly number[] | null;
    readonly limit: number;
    /** Only those whose lease has run out; false: only those without one. */
    readonly isAbandoned: boolean;
  },
) =>
  database.query<ClaimedMessage>(
    `update messages m set claimed_until = $2, claim = $3, attempts = attempts + 1
       from (select shop, decision_id from messages
              where state = 'queued' and next_try_at <= $1 and channel = any($4) and origin = 'live'
                and ($6::int[] is null or partition = any($6))
                and claimed_until ${options.isAbandoned ? '<= $1' : 'is null'}
              order by ${options.isAbandoned ? 'attempts, ' : ''}next_try_at limit $5 for update skip locked) due
       join decisions d on d.shop = due.shop and d.id = due.decision_id
      where m.shop = due.shop and m.decision_id = due.decision_id
      returning m.shop, m.customer, m.decision_id as "decisionId", m.partition, m.playbook, m.origin, m.channel, m.subject,
                m.body, m.expires_at as "expiresAt", m.attempts, d.code, d.discount_percent as "discountPercent",
                coalesce((select json_agg(json_build_object('channel', c.channel, 'granted', c.granted, 'at', c.at))
                            from consents c where c.shop = d.shop and c.customer = d.customer), '[]') as consents,
                (select c.email from contacts c where c.shop = d.shop and c.customer = d.customer) as email,
                exists (select from payments p where p.shop = d.shop and p.customer = d.customer
                           and p.kind = 'purchase' and p.at > d.at) as "hasPurchasedSince",
                d.closed_at is not null as "hasReturnedSince"`,
    [options.now, options.claimedUntil, options.claim, options.channels, options.limit, options.partitions],
  );

/** What came of one try. */
export interface SendResult {
  readonly shop: string;
  readonly decisionId: string;
  readonly claim: string;
  readonly state: 'sent' | 'failed' | 'cancelled' | 'queued';
  readonly reason: string | null;
  readonly sentAt: number | null;
  /** When a queued one is tried again. */
  readonly nextTryAt: number | null;
}

/** Writes the result and gives the lease back. False when the lease had been lost to somebody else. */
export async function saveSendResult(tx: Transaction, result: SendResult): Promise<boolean> {
  const rows = await tx.query(
    `update messages set state = $4, reason = $5, sent_at = $6, next_try_at = coalesce($7, next_try_at),
            claimed_until = null, claim = null
      where shop = $1 and decision_id = $2 and claim = $3 returning decision_id`,
    [result.shop, result.decisionId, result.claim, result.state, result.reason, result.sentAt, result.nextTryAt],
  );
  return rows.length > 0;
}
