// GET /api/customers: who is at risk, highest first, page by page.
import { type CustomerCursor, type CustomerView, listCustomers, type Transaction } from '@holdfast/postgres';
import { TIERS, toIso } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { causeName, instant, money, orNull, oneOf, tierName } from './fields.js';

const PAGE = 50;

export const customersQuery = Type.Object({
  tier: Type.Optional(oneOf(TIERS)),
  q: Type.Optional(Type.String({ maxLength: 320, description: 'part of the customer id or e-mail address' })),
  cursor: Type.Optional(Type.String({ maxLength: 600, description: '`next` of the page before' })),
});

export const customerItem = Type.Object(
  {
    customer: Type.String(),
    email: orNull(Type.String()),
    tier: orNull(tierName),
    risk: orNull(Type.Number({ minimum: 0, maximum: 1, description: 'as of the last risk event' })),
    valueAtRiskMinor: money('risk × mean order value'),
    cause: orNull(causeName),
    tierSince: orNull(instant('when the tier last changed')),
    next: orNull(Type.Object({ tier: tierName, at: instant('when, if nothing happens') })),
    orders: Type.Integer(),
    spendMinor: money('purchases less refunds'),
    firstSeenAt: orNull(instant('first event')),
    lastActivityAt: orNull(instant('last thing the customer did')),
    segment: orNull(Type.String()),
  },
  { title: 'CustomerItem' },
);
export type CustomerItem = Static<typeof customerItem>;

export const customersPage = Type.Object(
  { customers: Type.Array(customerItem), next: orNull(Type.String({ description: 'cursor of the next page' })) },
  { title: 'CustomersPage' },
);
export type CustomersPage = Static<typeof customersPage>;

const iso = (at: number | null) => (at === null ? null : toIso(at));

export const toCustomerItem = (view: CustomerView): CustomerItem => ({
  customer: view.customer,
  email: view.email,
  tier: view.tier as CustomerItem['tier'],
  risk: view.scoredAt === null ? null : view.risk,
  valueAtRiskMinor: view.valueAtRiskMinor,
  cause: view.cause as CustomerItem['cause'],
  tierSince: iso(view.tierSince),
  next:
    view.nextTier === null || view.nextAt === null
      ? null
      : ({ tier: view.nextTier, at: toIso(view.nextAt) } as CustomerItem['next']),
  orders: view.orders,
  spendMinor: view.spendMinor,
  firstSeenAt: iso(view.firstSeenAt),
  lastActivityAt: iso(view.lastActivityAt),
  segment: view.segment,
});

/** Reads one page. Throws `RangeError` when the cursor is none of ours. */
export async function readCustomers(
  db: Transaction,
  shop: string,
  query: Static<typeof customersQuery>,
): Promise<CustomersPage> {
  const views = await listCustomers(db, {
    shop,
    limit: PAGE + 1,
    ...(query.tier === undefined ? {} : { tier: query.tier }),
    ...(query.q === undefined || query.q === '' ? {} : { search: query.q }),
    ...(query.cursor === undefined ? {} : { after: readCursor(query.cursor) }),
  });
  const shown = views.slice(0, PAGE);
  const last = shown.at(-1);
  return {
    customers: shown.map(toCustomerItem),
    next: views.length > PAGE && last ? writeCursor([last.risk, last.valueAtRiskMinor, last.customer]) : null,
  };
}

const writeCursor = (cursor: CustomerCursor) => Buffer.from(JSON.stringify(cursor)).toString('base64url');

function readCursor(text: string): CustomerCursor {
  try {
    const [risk, value, customer] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (typeof risk === 'number' && typeof value === 'number' && typeof customer === 'string')
      return [risk, value, customer];
  } catch {
    // Falls through: not JSON is as wrong as anything else.
  }
  throw new RangeError('`cursor` must be the `next` of an earlier page.');
}
