// May this customer be considered at all? Asked before the arm is drawn and without knowing it, so that both arms are alike.
import { type Channel, DAY, type Millis, type Origin, SECOND, type Tier } from '@holdfast/schemas';

import { type Spending, overdraws } from './budget.js';
import { type CustomerBook } from './customer-book.js';
import { type Playbook } from './playbooks.js';
import { outsideQuietHours } from './quiet-hours.js';
import { type Rules } from './rules.js';

/** A customer has crossed up into a tier. */
export interface Crossing {
  /** Id of the risk event. */
  readonly id: string;
  readonly shop: string;
  readonly customer: string;
  readonly tier: Tier;
  readonly cause: 'event' | 'silence';
  /** The instant it became true, and the time of the record that says so. */
  readonly at: Millis;
  readonly knownAt: Millis;
  readonly expiresAt: Millis | null;
  readonly origin: Origin;
  readonly risk: number;
  readonly orders: number;
  /** Mean order value, minor units of the base currency. */
  readonly meanOrderMinor: number;
}

/** Reasons for doing nothing, in the order in which they are looked for. */
export const SKIP_REASONS = [
  'expired', 'returned', 'no-consent', 'no-address', 'open-decision', 'frequency-cap', 'expires-before-send',
  'capacity', 'budget',
] as const; // prettier-ignore
export type SkipReason = (typeof SKIP_REASONS)[number];

/** What a decision is made with. */
export interface Circumstances {
  readonly customer: CustomerBook;
  /** Of the partition's slice of the day's budget, and the whole slice. */
  readonly spent: Spending;
  readonly granted: Spending;
  readonly rules: Rules;
}

/** How an eligible customer would be contacted. */
export interface Plan {
  readonly channel: Channel;
  readonly sendAt: Millis;
  /** Expected cost of the offer, if it is taken up. */
  readonly costMinor: number;
}

/** True when nothing of it may ever leave the house. */
export const isSimulated = (origin: Origin): boolean => origin !== 'live';

/** The plan, or the first reason against it. */
export function eligibility(
  crossing: Crossing,
  playbook: Playbook,
  { customer, spent, granted, rules }: Circumstances,
): { readonly plan: Plan } | { readonly reason: SkipReason } {
  const { at } = crossing;
  if (crossing.expiresAt !== null && crossing.expiresAt <= crossing.knownAt) return { reason: 'expired' };
  if (customer.payments.some((payment) => payment.kind === 'purchase' && payment.at > at))
    return { reason: 'returned' };

  const channel = channelFor(playbook, customer, { rules, simulated: isSimulated(crossing.origin) });
  if (typeof channel !== 'string') return channel;

  const earlier = customer.decisions.filter((past) => past.isSimulated === isSimulated(crossing.origin));
  if (earlier.some((past) => past.closedAt === null && past.at <= at && past.openUntil > at))
    return { reason: 'open-decision' };
  const since = at - rules.cap.days * DAY;
  if (earlier.filter((past) => past.at > since).length >= rules.cap.count) return { reason: 'frequency-cap' };

  const sendAt = outsideQuietHours(crossing.cause === 'silence' ? at + rules.silenceHoldSeconds * SECOND : at, rules);
  if (crossing.expiresAt !== null && crossing.expiresAt <= sendAt) return { reason: 'expires-before-send' };

  const costMinor = Math.round(((playbook.discountPercent ?? 0) / 100) * crossing.meanOrderMinor);
  const overdraft = overdraws(spent, granted, costMinor);
  return overdraft === null ? { plan: { channel, sendAt, costMinor } } : { reason: overdraft };
}

/**
 * The first channel that is set up and that the customer allows. What they have said counts always. Where they have said
 * nothing, the shop's default decides; a simulated decision, which reaches nobody, assumes yes and needs no address.
 */
function channelFor(
  playbook: Playbook,
  customer: CustomerBook,
  { rules, simulated }: { readonly rules: Rules; readonly simulated: boolean },
): Channel | { readonly reason: 'no-consent' | 'no-address' } {
  const usable: readonly Channel[] = rules.channels.length === 0 ? ['email'] : rules.channels;
  const possible = playbook.channels.filter((channel) => usable.includes(channel));
  const allowed = possible.filter((channel) => isAllowed(customer, channel, simulated || rules.consentByDefault));
  if (allowed.length === 0) return { reason: 'no-consent' };
  const needsAddress = !simulated && rules.channels.length > 0;
  const reachable = allowed.find((channel) => channel !== 'email' || !needsAddress || customer.email !== null);
  return reachable ?? { reason: 'no-address' };
}

/** Whether a channel may be used. The webhook hands the message to the shop's own mailer: consent for e-mail is asked. */
export function isAllowed(customer: Pick<CustomerBook, 'consents'>, channel: Channel, byDefault: boolean): boolean {
  const said = customer.consents.get(channel) ?? (channel === 'webhook' ? customer.consents.get('email') : undefined);
  return said?.granted ?? byDefault;
}
