// GET /api/customers: who is at risk, highest first, page by page.
import { type CustomerCursor, type CustomerView, listCustomers, type Transaction } from '@holdfast/postgres';
import { crossingsAhead, logitOf, sigmoid } from '@holdfast/model';
import { segmentAt } from '@holdfast/risk';
import { type Millis, TIERS, toIso } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { type Models } from '../models.js';
import { causeName, instant, money, orNull, oneOf, tierName } from './fields.js';
import { readScored, type Scored } from './scored.js';
import { readStreamTime } from './stream-time.js';

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
    risk: orNull(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'now; of the last change of tier where the present one is not known',
      }),
    ),
    valueAtRiskMinor: money('risk at the last change of tier × mean order value'),
    cause: orNull(causeName),
    tierSince: orNull(instant('when the tier last changed')),
    next: orNull(Type.Object({ tier: tierName, at: instant('when, if nothing happens') })),
    orders: Type.Integer(),
    spendMinor: money('purchases less refunds'),
    firstSeenAt: orNull(instant('first event')),
    lastActivityAt: orNull(instant('last thing the customer did')),
    segment: orNull(Type.String({ description: 'what kind of customer, by recency, frequency and money' })),
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

/** A customer at `now`; `scored`: as scoring knows them, if it does. */
export const toCustomerItem = (view: CustomerView, now: Millis, scored?: Scored): CustomerItem => ({
  customer: view.customer,
  email: view.email,
  tier: view.tier as CustomerItem['tier'],
  risk: riskOf(view, now, scored),
  valueAtRiskMinor: Math.round(view.valueAtRiskMinor),
  cause: view.cause as CustomerItem['cause'],
  tierSince: iso(view.tierSince),
  next: nextOf(view, now, scored),
  orders: view.orders,
  spendMinor: view.spendMinor,
  firstSeenAt: iso(view.firstSeenAt),
  lastActivityAt: iso(view.lastActivityAt),
  segment: scored ? segmentAt(scored.state, scored.artifact, now) : null,
});

function riskOf(view: CustomerView, now: Millis, scored?: Scored): number | null {
  if (scored) return sigmoid(logitOf(scored.state, scored.artifact, Math.max(now, scored.state.lastActivityAt)));
  return view.scoredAt === null ? null : view.risk;
}

function nextOf(view: CustomerView, now: Millis, scored?: Scored): CustomerItem['next'] {
  const { nextTier: tier, nextAt: at } = view;
  if (scored) {
    const next = crossingsAhead(scored.state, scored.artifact, Math.max(now, scored.state.lastActivityAt))[0];
    return next ? { tier: TIERS[next.tier], at: toIso(next.at) } : null;
  }
  return tier === null || at === null || at <= now ? null : ({ tier, at: toIso(at) } as CustomerItem['next']);
}

/** Reads one page. Throws `RangeError` when the cursor is none of ours. */
export async function readCustomers(
  db: Transaction,
  models: Models,
  query: Static<typeof customersQuery> & { readonly shop: string },
): Promise<CustomersPage> {
  const views = await listCustomers(db, {
    shop: query.shop,
    limit: PAGE + 1,
    ...(query.tier === undefined ? {} : { tier: query.tier }),
    ...(query.q === undefined || query.q === '' ? {} : { search: query.q }),
    ...(query.cursor === undefined ? {} : { after: readCursor(query.cursor) }),
  });
  const shown = views.slice(0, PAGE);
  const last = shown.at(-1);
  const wallNow = Date.now();
  const now = (await readStreamTime(db, wallNow)).now ?? wallNow;
  const scored = await readScored(db, models, { shop: query.shop, customers: shown.map((view) => view.customer) });
  return {
    customers: shown.map((view) => toCustomerItem(view, now, scored.get(view.customer))),
    next: views.length > PAGE && last ? writeCursor([last.tierRank, last.valueAtRiskMinor, last.customer]) : null,
  };
}

const writeCursor = (cursor: CustomerCursor) => Buffer.from(JSON.stringify(cursor)).toString('base64url');

function readCursor(text: string): CustomerCursor {
  try {
    const [rank, value, customer] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (Number.isInteger(rank) && typeof rank === 'number' && typeof value === 'number' && typeof customer === 'string')
      return [rank, value, customer];
  } catch {
    // Falls through: not JSON is as wrong as anything else.
  }
  throw new RangeError('`cursor` must be the `next` of an earlier page.');
}
