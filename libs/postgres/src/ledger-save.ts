// Writes of the ledger, in bulk. Whatever is there already stays as it is: applying a batch again changes nothing.
import { type PaymentRow, type SliceName } from './ledger-load.js';
import { type Columns, unnestRows } from './read-model-columns.js';
import { type CustomerName } from './read-model-lists.js';
import { type Transaction } from './transaction.js';

/** A decision to be written. Times in ms, amounts in minor units. */
export interface DecisionInsert extends CustomerName {
  readonly id: string;
  readonly playbook: string;
  readonly origin: string;
  readonly isSimulated: boolean;
  readonly arm: string;
  readonly propensity: number;
  readonly isUnit: boolean;
  readonly channel: string;
  readonly discountPercent: number | null;
  readonly costMinor: number;
  readonly code: string | null;
  readonly at: number;
  readonly sendAt: number;
  readonly expiresAt: number | null;
  readonly openUntil: number;
  readonly maturesAt: number;
  readonly risk: number;
  readonly priorOrders: number;
  readonly priorSpendMinor: number;
}

async function insert<Row>(
  tx: Transaction,
  table: string,
  { rows, columns, onConflict = 'do nothing' }: { rows: readonly Row[]; columns: Columns<Row>; onConflict?: string },
): Promise<void> {
  if (rows.length === 0) return;
  const { names, from, parameters } = unnestRows(rows, columns);
  await tx.query(`insert into ${table} (${names}) select ${names} from ${from} on conflict ${onConflict}`, parameters);
}

/** Adds decisions of a partition. */
export const saveDecisions = (tx: Transaction, partition: number, rows: readonly DecisionInsert[]) =>
  insert(tx, 'decisions', {
    rows,
    columns: {
      shop: ['text', (d) => d.shop],
      id: ['text', (d) => d.id],
      partition: ['int', () => partition],
      customer: ['text', (d) => d.customer],
      playbook: ['text', (d) => d.playbook],
      origin: ['text', (d) => d.origin],
      is_simulated: ['boolean', (d) => d.isSimulated],
      arm: ['text', (d) => d.arm],
      propensity: ['float8', (d) => d.propensity],
      is_unit: ['boolean', (d) => d.isUnit],
      channel: ['text', (d) => d.channel],
      discount_percent: ['float8', (d) => d.discountPercent],
      cost_minor: ['float8', (d) => d.costMinor],
      code: ['text', (d) => d.code],
      at: ['bigint', (d) => d.at],
      send_at: ['bigint', (d) => d.sendAt],
      expires_at: ['bigint', (d) => d.expiresAt],
      open_until: ['bigint', (d) => d.openUntil],
      matures_at: ['bigint', (d) => d.maturesAt],
      risk: ['float8', (d) => d.risk],
      prior_orders: ['float8', (d) => d.priorOrders],
      prior_spend_minor: ['float8', (d) => d.priorSpendMinor],
    },
  });

/** Registers the codes given with decisions. Throws when a code was given before with another decision. */
export async function saveCoupons(tx: Transaction, rows: readonly DecisionInsert[]): Promise<void> {
  const given = rows.filter(({ code }) => code !== null);
  await insert(tx, 'coupons', {
    rows: given,
    columns: {
      shop: ['text', (d) => d.shop],
      code: ['text', (d) => d.code],
      decision_id: ['text', (d) => d.id],
      customer: ['text', (d) => d.customer],
    },
    onConflict: '(shop, decision_id) do nothing',
  });
}

interface Skip extends CustomerName {
  readonly id: string;
  readonly playbook: string;
  readonly origin: string;
  readonly at: number;
  readonly reason: string;
}

/** Adds crossings that led to nothing. */
export const saveSkips = (tx: Transaction, rows: readonly Skip[]) =>
  insert(tx, 'skipped_decisions', {
    rows,
    columns: {
      shop: ['text', (s) => s.shop],
      id: ['text', (s) => s.id],
      customer: ['text', (s) => s.customer],
      playbook: ['text', (s) => s.playbook],
      origin: ['text', (s) => s.origin],
      at: ['bigint', (s) => s.at],
      reason: ['text', (s) => s.reason],
    },
  });

/** Adds purchases and refunds. */
export const savePayments = (tx: Transaction, rows: readonly PaymentRow[]) =>
  insert(tx, 'payments', {
    rows,
    columns: {
      shop: ['text', (p) => p.shop],
      customer: ['text', (p) => p.customer],
      at: ['bigint', (p) => p.at],
      id: ['text', (p) => p.id],
      kind: ['text', (p) => p.kind],
      amount_minor: ['float8', (p) => p.amountMinor],
      coupon: ['text', (p) => p.coupon],
    },
  });

/** What customers have said last of each channel; one row a customer and channel. */
export const saveConsents = (
  tx: Transaction,
  rows: readonly (CustomerName & { readonly channel: string; readonly granted: boolean; readonly at: number })[],
) =>
  insert(tx, 'consents', {
    rows,
    columns: {
      shop: ['text', (c) => c.shop],
      customer: ['text', (c) => c.customer],
      channel: ['text', (c) => c.channel],
      granted: ['boolean', (c) => c.granted],
      at: ['bigint', (c) => c.at],
    },
    onConflict: `(shop, customer, channel) do update set granted = excluded.granted, at = excluded.at
                  where consents.at <= excluded.at`,
  });

/** Customers' latest addresses; one row a customer. */
export const saveContacts = (
  tx: Transaction,
  rows: readonly (CustomerName & { readonly email: string; readonly at: number })[],
) =>
  insert(tx, 'contacts', {
    rows,
    columns: {
      shop: ['text', (c) => c.shop],
      customer: ['text', (c) => c.customer],
      email: ['text', (c) => c.email],
      at: ['bigint', (c) => c.at],
    },
    onConflict: `(shop, customer) do update set email = excluded.email, at = excluded.at
                  where contacts.at <= excluded.at`,
  });

/** Sets what a partition has spent of its slices; one row a slice. */
export const saveSpending = (
  tx: Transaction,
  partition: number,
  rows: readonly (SliceName & { readonly costMinor: number; readonly messages: number })[],
) =>
  insert(tx, 'budget_slices', {
    rows,
    columns: {
      shop: ['text', (s) => s.shop],
      partition: ['int', () => partition],
      day: ['text', (s) => s.day],
      is_simulated: ['boolean', (s) => s.isSimulated],
      cost_minor: ['float8', (s) => s.costMinor],
      messages: ['int', (s) => s.messages],
    },
    onConflict: `(shop, partition, day, is_simulated)
                  do update set cost_minor = excluded.cost_minor, messages = excluded.messages`,
  });
