// What happens to decisions later: the customer comes back, uses the code, the window closes.
import { unnestRows } from './read-model-columns.js';
import { type Transaction } from './transaction.js';

interface Named {
  readonly shop: string;
  readonly id: string;
}
const nameColumns = {
  shop: ['text', (row: Named) => row.shop],
  id: ['text', (row: Named) => row.id],
} as const;

/** Notes that customers came back while their decisions were open. */
export async function closeDecisions(tx: Transaction, rows: readonly (Named & { readonly at: number })[]) {
  if (rows.length === 0) return;
  const { from, parameters } = unnestRows(rows, {
    ...nameColumns,
    came_back_at: ['bigint', (row: (typeof rows)[number]) => row.at],
  });
  await tx.query(
    `update decisions d set closed_at = row.came_back_at from ${from}
      where d.shop = row.shop and d.id = row.id and d.closed_at is null`,
    parameters,
  );
}

interface Settlement extends Named {
  readonly settledAt: number;
  readonly purchased: boolean;
  readonly orders: number;
  readonly revenueMinor: number;
  readonly marginMinor: number;
}

/** Writes outcomes. */
export async function settleDecisions(tx: Transaction, rows: readonly Settlement[]) {
  if (rows.length === 0) return;
  const { from, parameters } = unnestRows(rows, {
    ...nameColumns,
    at: ['bigint', (row: Settlement) => row.settledAt],
    bought: ['boolean', (row: Settlement) => row.purchased],
    count: ['int', (row: Settlement) => row.orders],
    revenue: ['float8', (row: Settlement) => row.revenueMinor],
    margin: ['float8', (row: Settlement) => row.marginMinor],
  });
  await tx.query(
    `update decisions d set settled_at = row.at, purchased = row.bought, orders = row.count,
            revenue_minor = row.revenue, margin_minor = row.margin
       from ${from} where d.shop = row.shop and d.id = row.id and d.settled_at is null`,
    parameters,
  );
}

/** Marks codes as used. */
export async function redeemCoupons(
  tx: Transaction,
  rows: readonly { readonly shop: string; readonly code: string; readonly at: number }[],
) {
  if (rows.length === 0) return;
  const { from, parameters } = unnestRows(rows, {
    shop: ['text', (row: (typeof rows)[number]) => row.shop],
    code: ['text', (row: (typeof rows)[number]) => row.code],
    used_at: ['bigint', (row: (typeof rows)[number]) => row.at],
  });
  await tx.query(
    `update coupons c set redeemed_at = row.used_at from ${from}
      where c.shop = row.shop and c.code = row.code and c.redeemed_at is null`,
    parameters,
  );
}

/** The key that coupon codes are derived with: the stored one, or `candidate` if there is none yet. */
export async function takeCouponKey(database: Transaction, candidate: Uint8Array): Promise<Uint8Array> {
  await database.query('insert into coupon_keys (key) values ($1) on conflict do nothing', [Buffer.from(candidate)]);
  const [row] = await database.query<{ key: Uint8Array }>('select key from coupon_keys');
  if (!row) throw new Error('The key of coupon codes is missing from the table coupon_keys.');
  return row.key;
}
