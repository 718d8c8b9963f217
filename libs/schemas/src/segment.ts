// Segment's names of events → our closed vocabulary. Sources: Segment's specs for e-commerce v2, e-mail, mobile, live chat and
// B2B; for what they have no name, one in their manner. Names are compared without regard to case, `_`, `-` and spaces. What is
// not here is taken in as `custom`.
import { EVENT_TYPES, type EventType } from './behavior-event.js';

/** The table. Looking at a cart, or taking something out, is the customer being there, not another product in it: `view`. */
export const SEGMENT_EVENTS: Readonly<Record<string, EventType>> = {
  // browsing
  'Products Searched': 'search',
  'Product List Viewed': 'view',
  'Product List Filtered': 'view',
  'Promotion Viewed': 'view',
  'Promotion Clicked': 'view',
  'Product Clicked': 'view',
  'Product Viewed': 'view',
  'Page Viewed': 'view',
  'Screen Viewed': 'view',
  'Application Opened': 'view',
  // ordering
  'Product Added': 'cart',
  'Product Removed': 'view',
  'Cart Viewed': 'view',
  'Checkout Started': 'checkout',
  'Checkout Step Viewed': 'checkout',
  'Checkout Step Completed': 'checkout',
  'Payment Info Entered': 'checkout',
  'Order Completed': 'purchase',
  'Order Refunded': 'refund',
  'Order Cancelled': 'cancel',
  'Order Canceled': 'cancel',
  // coupons
  'Coupon Applied': 'coupon-applied',
  'Coupon Denied': 'coupon-denied',
  // wishes, sharing, reviews
  'Product Added to Wishlist': 'wishlist',
  'Product Removed from Wishlist': 'view',
  'Wishlist Product Added to Cart': 'cart',
  'Product Shared': 'share',
  'Cart Shared': 'share',
  'Product Reviewed': 'review',
  // account
  'Signed In': 'login',
  'Signed Up': 'login',
  // messages
  'Email Delivered': 'message-delivered',
  'Email Opened': 'message-opened',
  'Email Link Clicked': 'message-clicked',
  'Push Notification Received': 'message-delivered',
  'Push Notification Tapped': 'message-clicked',
  Unsubscribed: 'message-unsubscribed',
  'Consent Changed': 'consent-changed',
  // service
  'Live Chat Conversation Started': 'support-opened',
  'Live Chat Conversation Ended': 'support-resolved',
  'Support Ticket Opened': 'support-opened',
  'Support Ticket Resolved': 'support-resolved',
  'Survey Answered': 'survey-answered',
  'Delivery Delayed': 'delivery-late',
};

/** Calls of the HTTP API besides `track`, whose names say nothing. */
export const SEGMENT_CALLS = {
  page: 'view',
  screen: 'view',
  identify: 'identified',
  alias: 'identified',
  group: 'custom',
} as const satisfies Record<string, EventType>;

export type SegmentCall = 'track' | keyof typeof SEGMENT_CALLS;

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '');

// Our own names are understood too: `track` with event "purchase".
const byName = new Map<string, EventType>([
  ...EVENT_TYPES.map((type) => [plain(type), type] as const),
  ...Object.entries(SEGMENT_EVENTS).map(([name, type]) => [plain(name), type] as const),
]);

/** Type of a `track` call. */
export const typeOfTrack = (name: string): EventType => byName.get(plain(name)) ?? 'custom';
