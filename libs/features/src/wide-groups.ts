// The wide features in groups that mean something to a person: what a risk is explained by.
import { WIDE } from './wide.js';

/** In the order of their numbers. */
export const WIDE_GROUPS = ['purchases', 'rhythm', 'visits', 'baskets', 'returns'] as const;
export type WideGroup = (typeof WIDE_GROUPS)[number];

const BY_GROUP: Readonly<Record<WideGroup, RegExp>> = {
  // What was bought, how much of it, for how long.
  purchases:
    /^(orders|spend|meanOrder|lastOrder|meanItems|lastItems|oneTimer|span|age|rate|purchaseTrend|purchases\d+|spend\d+)$/,
  // How regularly, and how long ago for somebody with such gaps.
  rhythm: /^(recency|recencyOverGap|recencyOverMaxGap|gap(Mean|Deviation|Max|Ewma|Last))$/,
  visits: /^(silence|tenure|activities\d*|sessions|sessionGap\w+|silenceOverSessionGap|views)$/,
  baskets: /^(cartRecency|cartAbandonRate|carts\d*)$/,
  // Goods and coupons.
  returns: /^(refundRecency|refunds|returnRate|refundedShare|couponRecency|couponRate)$/,
};

/** The number of the group of each wide feature, [WIDE_SIZE]. */
export const GROUP_OF_WIDE: readonly number[] = WIDE.map((name) =>
  WIDE_GROUPS.findIndex((group) => BY_GROUP[group].test(name)),
);
