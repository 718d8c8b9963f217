// What is remembered of one customer: a few dozen numbers, whatever the length of the history.
import { HALF_LIVES } from './decay.js';
import { type Gaps, noGaps } from './gaps.js';

/** Series of decayed counters, each with all half-lives. `activities` counts what the customer did, of any type. */
export const SERIES = ['purchases', 'spend', 'activities', 'carts'] as const;
export type Series = (typeof SERIES)[number];

/** The times and counts of the state, in the order they are stored in: append only. */
export const STATE_FIELDS = [
  'asOf', 'firstSeenAt', 'lastEventAt', 'lastActivityAt', 'firstPurchaseAt', 'lastPurchaseAt', 'lastCartAt', 'lastRefundAt',
  'lastCouponAt', 'events', 'activities', 'sessions', 'eventsInSession', 'viewsInSession', 'orders', 'spend', 'lastAmount',
  'items', 'lastItems', 'views', 'carts', 'cartEpisodes', 'cartsBought', 'cartOpen', 'refunds', 'refunded', 'coupons',
] as const; // prettier-ignore

/**
 * State of the fold. Times are epoch milliseconds, 0 = never; amounts are minor units of the base currency; `decayed` holds the
 * series one after the other, [series × half-lives], as of `asOf`. Treat it as immutable.
 */
export type CustomerFeatures = { [K in (typeof STATE_FIELDS)[number]]: number } & {
  readonly purchaseGaps: Gaps;
  readonly sessionGaps: Gaps;
  readonly decayed: Float64Array; // [series × half-lives]
};

/** A customer of whom nothing is known. */
export const nobody = (): CustomerFeatures => ({
  ...(Object.fromEntries(STATE_FIELDS.map((field) => [field, 0])) as Record<(typeof STATE_FIELDS)[number], number>),
  purchaseGaps: noGaps(),
  sessionGaps: noGaps(),
  decayed: new Float64Array(SERIES.length * HALF_LIVES),
});

/** An independent copy to work on. */
export const copyFeatures = (state: CustomerFeatures): CustomerFeatures => ({
  ...state,
  purchaseGaps: { ...state.purchaseGaps },
  sessionGaps: { ...state.sessionGaps },
  decayed: state.decayed.slice(),
});
