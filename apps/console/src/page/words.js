// Plain words for what the API says in codes.

export const tiers = {
  high: { name: 'About to leave', about: 'More likely to stay away than not. Act now.' },
  medium: { name: 'Drifting', about: 'Slipping, but not gone: watch.' },
  low: { name: 'Steady', about: 'Likely to buy again.' },
  lapsed: { name: 'Gone', about: 'Silent for so long that they no longer count as customers.' },
  prospect: { name: 'No purchase yet', about: 'Looked around, but bought nothing so far.' },
};
export const tierName = (tier) => tiers[tier ?? 'prospect']?.name ?? tier;

const count = new Intl.NumberFormat('en-GB');
export const number = (n) => count.format(n);
export const plural = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;
/** `76 %`; never a flat 0 or 100 for what is neither. */
export const percent = (share, digits = 0) => {
  const least = 0.5 / 10 ** (digits + 2);
  if (share > 0 && share < least) return `< ${1 / 10 ** digits} %`;
  if (share < 1 && share > 1 - least) return `> ${100 - 1 / 10 ** digits} %`;
  return `${(100 * share).toFixed(digits)} %`;
};

/** Minor units → `£1,234`; with pence below 100 or when asked. */
export function money(minor, currency, exact = false) {
  const format = (digits) => new Intl.NumberFormat('en-GB', { style: 'currency', currency, ...digits });
  const places = format({}).resolvedOptions().maximumFractionDigits;
  const amount = minor / 10 ** places;
  const isWhole = !exact && Math.abs(amount) >= 100;
  const text = format(isWhole ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {}).format(amount);
  return text.replace('-', '−');
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
export const date = (iso) => day.format(new Date(iso));
export const dateTime = (iso) => `${date(iso)}, ${time.format(new Date(iso))}`;

const DAY = 86_400_000;
/** How long from `from` to `to`, in words: `3 days`, `5 hours`. */
export function span(from, to) {
  const ms = Math.abs(new Date(to) - new Date(from));
  const [size, unit] =
    ms >= 730 * DAY ? [365.25 * DAY, 'year'] : ms >= 60 * DAY ? [30.4 * DAY, 'month'] : ms >= DAY ? [DAY, 'day']
    : ms >= 3_600_000 ? [3_600_000, 'hour'] : ms >= 60_000 ? [60_000, 'minute'] : [1000, 'second']; // prettier-ignore
  return plural(Math.round(ms / size), unit);
}
/** Relative to the time of the stream: `3 days ago`, `in 2 months`. */
export const relative = (iso, now) =>
  new Date(iso) <= new Date(now) ? `${span(iso, now)} ago` : `in ${span(now, iso)}`;

const events = {
  view: 'Looked at a product', search: 'Searched', cart: 'Put something in the basket', checkout: 'Started to check out',
  purchase: 'Ordered', refund: 'Was refunded', cancel: 'Cancelled an order', review: 'Wrote a review', wishlist: 'Saved something for later',
  share: 'Shared a product', login: 'Signed in', 'survey-answered': 'Answered a survey', 'support-opened': 'Asked for help',
  'message-clicked': 'Clicked a link in a message', 'coupon-applied': 'Used a coupon', 'message-delivered': 'Was sent a message',
  'message-opened': 'Opened a message', 'message-unsubscribed': 'Unsubscribed', 'delivery-late': 'Got a delivery late',
  'coupon-denied': 'Had a coupon refused', 'support-resolved': 'Had a question answered', 'consent-changed': 'Changed what we may send',
  identified: 'Became known by name', custom: 'Did something else',
}; // prettier-ignore
export const eventName = (type) => events[type] ?? type;

const reasons = {
  history: 'How they shopped until then',
  event: 'The last thing they did',
  silence: 'The silence since',
};
const sentence = (name) => {
  const text = name.replace(/[-_.]+/g, ' ').trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
};
export const reasonName = (name) => reasons[name] ?? sentence(name);

const dayCount = (n) => plural(Math.round(n), 'day');
const factors = {
  average: () => 'What is usual for a customer',
  purchases: (f, currency) => `${plural(f.orders, 'order')}${f.orders > 1 ? `, ${money(f.meanOrderMinor, currency)} on average` : ` of ${money(f.meanOrderMinor, currency)}`}`,
  rhythm: (f) => f.daysBetweenOrders === null ? `The only order was ${dayCount(f.daysSinceOrder)} ago` : `An order every ${dayCount(f.daysBetweenOrders)}; the last one ${dayCount(f.daysSinceOrder)} ago`,
  visits: (f) => `${plural(f.sessions, 'visit')}${f.daysBetweenSessions === null ? '' : `, one every ${dayCount(f.daysBetweenSessions)}`}; the last one ${dayCount(f.daysSinceSession)} ago`,
  baskets: (f) => f.baskets === 0 ? 'Baskets: none on record' : `${number(f.basketsBought)} of ${plural(f.baskets, 'basket')} bought`,
  returns: (f) => `${f.refunds === 0 ? 'No return' : plural(f.refunds, 'return')}, ${f.coupons === 0 ? 'no coupon' : plural(f.coupons, 'coupon')}`,
  memory: () => 'In what order they did things',
  silence: () => 'That time goes by',
}; // prettier-ignore
/** What is known of a customer behind a term of their risk. */
export const factorSentence = (name, facts, currency) => factors[name]?.(facts, currency) ?? sentence(name);

const acts = { purchase: 'An order', view: 'A visit' };
/** Where an act would lead a customer. */
export function counterfactualSentence({ act, from, tier, risk, withinDays }) {
  const ranks = ['low', 'medium', 'high'];
  if (ranks.indexOf(tier) >= ranks.indexOf(from))
    return `${acts[act]} would not be enough: ${percent(risk)} all the same.`;
  const when = withinDays === 0 ? 'today' : `within ${plural(withinDays, 'day')}`;
  return `${acts[act]} ${when} would bring them back to “${tierName(tier)}”: ${percent(risk)} if it came now.`;
}

/** For customers with a single order: no deed of theirs is behind it, only how few come back after one. */
export const newcomer = 'new: after a first order, many do not come back; this is a probability';

/** What a risk event says, without the customer's name. */
export function riskSentence(item) {
  const silent = item.silenceDays >= 1 ? `nothing for ${plural(Math.round(item.silenceDays), 'day')}` : 'nothing since';
  switch (item.type) {
    case 'suppressed':
      return `would now be “${tierName(item.tierTo)}”, but the whole source is quiet`;
    case 'corrected':
      return item.tierFrom === item.tierTo
        ? 'was not silent when it was said'
        : `was not silent after all; “${tierName(item.tierTo)}” again`;
    case 'recovered':
      return item.tierFrom === 'lapsed' ? 'is back after a long silence' : 'came back';
    default: {
      const what = { high: 'is about to leave', medium: 'is drifting', lapsed: 'is gone' }[item.tierTo] ?? 'slipped';
      if (item.firstOrder && item.tierTo !== 'lapsed') return `may not come back: ${newcomer}`;
      return item.cause === 'silence' ? `${what}: ${silent}` : `${what}, after what they did last`;
    }
  }
}
