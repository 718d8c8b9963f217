// GET /api/customers/{id}: everything known of one customer.
import {
  findCustomer,
  listCustomerEvents,
  listCustomerRisk,
  listDecisions,
  type Transaction,
} from '@holdfast/postgres';
import { EVENT_TYPES, toIso } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { decision, toDecision } from './actions.js';
import { type Models } from '../models.js';
import { readChampion } from './champion.js';
import { counterfactuals, readCounterfactuals } from './counterfactuals.js';
import { curve, curveOf } from './curve.js';
import { readRemembered, remembered } from './remembered.js';
import { factors, readFactors } from './factors.js';
import { readFeatures } from './features-of.js';
import { customerItem, toCustomerItem } from './customers.js';
import { instant, money, oneOf, orNull, originName } from './fields.js';
import { riskItem, toRiskItem } from './risk-item.js';
import { readScored } from './scored.js';
import { readStreamTime } from './stream-time.js';

/** Risk events on one customer's page. */
const RISK_EVENTS = 40;
const DECISIONS = 20;

const event = Type.Object({
  id: Type.String(),
  at: instant('when it happened'),
  type: oneOf(EVENT_TYPES),
  origin: originName,
  amountMinor: orNull(money('of a purchase or refund')),
  orderId: orNull(Type.String()),
  coupon: orNull(Type.String()),
});

export const customer = Type.Object(
  {
    profile: Type.Composite([
      customerItem,
      Type.Object({
        events: Type.Integer(),
        sessions: Type.Integer(),
        lastPurchaseAt: orNull(instant('last purchase')),
        origin: orNull(originName),
        model: orNull(Type.String({ description: 'release that scored last' })),
      }),
    ]),
    currency: Type.String(),
    curve: orNull(curve),
    reasons: riskItem.properties.reasons,
    factors: orNull(factors),
    counterfactuals,
    remembered,
    risk: Type.Array(riskItem, { description: 'risk events, newest first' }),
    events: Type.Array(event, { description: 'last events, newest first' }),
    decisions: Type.Array(decision, { description: 'newest first' }),
  },
  { title: 'Customer' },
);
export type Customer = Static<typeof customer>;

/** Reads one customer; undefined when nobody of that name has been seen. */
export async function readCustomer(
  db: Transaction,
  models: Models,
  who: { readonly shop: string; readonly customer: string; readonly currency: string },
): Promise<Customer | undefined> {
  const wallNow = Date.now();
  const now = (await readStreamTime(db, wallNow)).now ?? wallNow;
  const view = await findCustomer(db, who);
  if (!view) return undefined;
  const events = await listCustomerEvents(db, who);
  const risk = await listCustomerRisk(db, who, RISK_EVENTS);
  const decisions = await listDecisions(db, { ...who, limit: DECISIONS });
  const scored = (await readScored(db, models, { shop: who.shop, customers: [who.customer] })).get(who.customer);
  const drawn = scored && scored.state.curve.length > 0 ? curveOf(scored, now) : null;
  const features = drawn && scored ? await readFeatures(db, scored) : null;
  const saved = features && scored ? { features, ...scored } : null;
  const champion = saved && (await readChampion(db, models));
  return {
    profile: {
      ...toCustomerItem(view, now, scored),
      events: view.events,
      sessions: view.sessions,
      lastPurchaseAt: view.lastPurchaseAt === null ? null : toIso(view.lastPurchaseAt),
      origin: view.origin as Customer['profile']['origin'],
      model: scored?.state.model ?? view.model,
    },
    currency: who.currency,
    curve: drawn,
    // Of now where the curve is known; else of the last risk event.
    reasons: [...(drawn?.reasons ?? risk[0]?.reasons ?? [])],
    factors: drawn && scored ? readFactors(scored, now) : null,
    remembered: drawn && scored ? readRemembered(scored, now) : [],
    counterfactuals: saved && champion ? readCounterfactuals(saved, champion, now) : [],
    risk: risk.map(toRiskItem),
    events: events.map((e) => ({
      id: e.id,
      at: toIso(e.at),
      type: e.type as Customer['events'][number]['type'],
      origin: e.origin as Customer['events'][number]['origin'],
      amountMinor: e.amountMinor,
      orderId: e.orderId,
      coupon: e.coupon,
    })),
    decisions: decisions.items.map(toDecision),
  };
}
