// Questions about the ledger: what the console shows, what a run's summary counts. Nothing here changes anything.
import { type Transaction } from './transaction.js';

/** One decision with its message and outcome. Times in ms, amounts in minor units of the base currency. */
export interface DecisionView {
  readonly id: string;
  readonly customer: string;
  readonly playbook: string;
  readonly origin: string;
  readonly isSimulated: boolean;
  readonly arm: 'treatment' | 'hold-out';
  readonly propensity: number;
  readonly channel: string;
  readonly at: number;
  readonly sendAt: number;
  readonly maturesAt: number;
  readonly risk: number;
  readonly discountPercent: number | null;
  readonly code: string | null;
  readonly redeemedAt: number | null;
  /** State of the message; null for hold-outs, who get none. */
  readonly message: MessageState | null;
  /** Why it was cancelled or failed. */
  readonly reason: string | null;
  readonly sentAt: number | null;
  /** null until the window has closed. */
  readonly outcome: {
    readonly purchased: boolean;
    readonly orders: number;
    readonly revenueMinor: number;
    readonly marginMinor: number;
  } | null;
}

/** `no-channel`: none was set up, so it is kept to be read. `simulated`: will never leave, whatever is set up. */
export type MessageState = 'queued' | 'no-channel' | 'simulated' | 'sent' | 'failed' | 'cancelled';

/** A page, newest first. `next`: cursor of the following page, null on the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface PageOptions {
  readonly shop: string;
  readonly customer?: string;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** 1 to 500, default 50. */
  readonly limit?: number;
}

/** Decisions, newest first, of one customer or all. */
export async function listDecisions(database: Transaction, options: PageOptions): Promise<Page<DecisionView>> {
  const { where, parameters, limit } = pageQuery('d', 'id', options);
  const rows = await database.query<DecisionRow>(
    `${selectDecisions} where ${where} order by d.at desc, d.id desc limit ${limit + 1}`,
    parameters,
  );
  return pageOf(rows.map(viewOf), limit, ({ at, id }) => `${at}_${id}`);
}

/** One decision; undefined: there is none of that id in the shop. */
export async function findDecision(
  database: Transaction,
  { shop, id }: { readonly shop: string; readonly id: string },
): Promise<DecisionView | undefined> {
  const rows = await database.query<DecisionRow>(`${selectDecisions} where d.shop = $1 and d.id = $2`, [shop, id]);
  return rows.map(viewOf)[0];
}

const selectDecisions = `
  select d.id, d.customer, d.playbook, d.origin, d.is_simulated as "isSimulated", d.arm, d.propensity, d.channel, d.at,
         d.send_at as "sendAt", d.matures_at as "maturesAt", d.risk, d.discount_percent as "discountPercent", d.code,
         c.redeemed_at as "redeemedAt", m.state as message, m.reason, m.sent_at as "sentAt",
         d.purchased, d.orders, d.revenue_minor as revenue, d.margin_minor as margin
    from decisions d
    left join messages m on m.shop = d.shop and m.decision_id = d.id
    left join coupons c on c.shop = d.shop and c.decision_id = d.id`;

type DecisionRow = Omit<DecisionView, 'outcome'> & {
  readonly purchased: boolean | null;
  readonly orders: number;
  readonly revenue: number;
  readonly margin: number;
};

const viewOf = ({ purchased, orders, revenue, margin, ...view }: DecisionRow): DecisionView => ({
  ...view,
  outcome: purchased === null ? null : { purchased, orders, revenueMinor: revenue, marginMinor: margin },
});

/** A message as it was, or would have been, sent. */
export interface MessageView {
  readonly decisionId: string;
  readonly customer: string;
  readonly playbook: string;
  readonly channel: string;
  readonly origin: string;
  readonly subject: string;
  readonly body: string;
  readonly at: number;
  readonly sendAt: number;
  readonly sentAt: number | null;
  readonly state: MessageState;
  readonly reason: string | null;
  readonly attempts: number;
}

/** Messages with their texts, newest first. */
export async function listMessages(database: Transaction, options: PageOptions): Promise<Page<MessageView>> {
  const { where, parameters, limit } = pageQuery('m', 'decision_id', options);
  const rows = await database.query<MessageView>(
    `select m.decision_id as "decisionId", m.customer, m.playbook, m.channel, m.origin, m.subject, m.body, m.at,
            m.send_at as "sendAt", m.sent_at as "sentAt", m.state, m.reason, m.attempts
       from messages m where ${where} order by m.at desc, m.decision_id desc limit ${limit + 1}`,
    parameters,
  );
  return pageOf(rows, limit, ({ at, decisionId }) => `${at}_${decisionId}`);
}

function pageQuery(alias: string, id: string, { shop, customer, cursor, limit = 50 }: PageOptions) {
  const size = Math.min(500, Math.max(1, Math.trunc(limit)));
  const parameters: unknown[] = [shop];
  const conditions = [`${alias}.shop = $1`];
  if (customer !== undefined) conditions.push(`${alias}.customer = $${parameters.push(customer)}`);
  const [, at, last] = /^(-?\d{1,16})_(.*)$/s.exec(cursor ?? '') ?? [];
  if (at !== undefined)
    conditions.push(
      `(${alias}.at, ${alias}.${id}) < ($${parameters.push(Number(at))}::bigint, $${parameters.push(last)})`,
    );
  return { where: conditions.join(' and '), parameters, limit: size };
}

function pageOf<Item>(rows: readonly Item[], limit: number, cursorOf: (item: Item) => string): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? cursorOf(last) : null };
}

/** Restricts a count to decisions made at or before an instant. */
export interface CountOptions {
  readonly shop: string;
  readonly until?: number | undefined;
}
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** A customer was drawn into an arm of a playbook, for good. */
export interface DrawRow {
  readonly shop: string;
  readonly customer: string;
  readonly playbook: string;
  readonly arm: 'treatment' | 'hold-out';
  /** Probability of the hold-out. */
  readonly holdOutShare: number;
  /** When they were first decided about since messages leave. */
  readonly at: number;
}

/** All real ones, one a customer and playbook. Before the first message of a shop has left nobody is contacted, whatever is decided. */
export const listDraws = (database: Transaction): Promise<DrawRow[]> =>
  database.query<DrawRow>(
    `select shop, customer, playbook, arm, case arm when 'hold-out' then propensity else 1 - propensity end as "holdOutShare",
            min(at) as at
       from decisions join (select shop, min(at) as begin from messages where state = 'sent' group by shop) sending using (shop)
      where not is_simulated and at >= begin group by shop, customer, playbook, arm, propensity`,
  );

/** Decisions by playbook and arm, sorted. */
export const countDecisions = (database: Transaction, { shop, until = END_OF_TIME }: CountOptions) =>
  database.query<{ playbook: string; arm: 'treatment' | 'hold-out'; count: number }>(
    `select playbook, arm, count(*) as count from decisions
      where shop = $1 and at <= $2 group by playbook, arm order by playbook, arm`,
    [shop, until],
  );

/** Settled decisions and those of them with a purchase, by playbook and arm, sorted. `until`: windows closed by then. */
export const countOutcomes = (database: Transaction, { shop, until = END_OF_TIME }: CountOptions) =>
  database.query<{ playbook: string; arm: 'treatment' | 'hold-out'; settled: number; purchased: number }>(
    `select playbook, arm, count(*) filter (where settled_at is not null and matures_at <= $2) as settled,
            count(*) filter (where purchased and matures_at <= $2) as purchased
       from decisions where shop = $1 and at <= $2 group by playbook, arm order by playbook, arm`,
    [shop, until],
  );

/** Crossings that led to no decision, by playbook and reason, sorted. */
export const countSkips = (database: Transaction, { shop, until = END_OF_TIME }: CountOptions) =>
  database.query<{ playbook: string; reason: string; count: number }>(
    `select playbook, reason, count(*) as count from skipped_decisions
      where shop = $1 and at <= $2 group by playbook, reason order by playbook, reason`,
    [shop, until],
  );

/** Messages by playbook and state, sorted. */
export const countMessages = (database: Transaction, { shop, until = END_OF_TIME }: CountOptions) =>
  database.query<{ playbook: string; state: MessageState; count: number }>(
    `select playbook, state, count(*) as count from messages
      where shop = $1 and at <= $2 group by playbook, state order by playbook, state`,
    [shop, until],
  );
