// Just before a message leaves, everything is asked once more: much may have happened since the decision.
import { type Channel, type Millis, type Origin } from '@holdfast/schemas';

import { type CustomerBook } from './customer-book.js';
import { isAllowed, isSimulated } from './eligibility.js';

/** Reasons for not sending after all. */
export type CancelReason = 'simulated' | 'expired' | 'no-consent' | 'purchased' | 'returned' | 'no-address';

/** A message about to leave, with what is known now. */
export interface Departure {
  readonly origin: Origin;
  readonly channel: Channel;
  readonly expiresAt: Millis | null;
  readonly consents: CustomerBook['consents'];
  readonly email: string | null;
  readonly hasPurchasedSince: boolean;
  readonly hasReturnedSince: boolean;
}

/** The first reason against sending at `now`, or null. */
export function objection(
  message: Departure,
  { now, consentByDefault }: { readonly now: Millis; readonly consentByDefault: boolean },
): CancelReason | null {
  if (isSimulated(message.origin)) return 'simulated';
  if (message.expiresAt !== null && message.expiresAt <= now) return 'expired';
  if (!isAllowed(message, message.channel, consentByDefault)) return 'no-consent';
  if (message.hasPurchasedSince) return 'purchased';
  if (message.hasReturnedSince) return 'returned';
  if (message.channel === 'email' && message.email === null) return 'no-address';
  return null;
}
