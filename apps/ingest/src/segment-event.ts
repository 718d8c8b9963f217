// One Segment message → one behaviour event. Pure: the time, the shop and its currencies are handed in.
import {
  type BehaviorEvent,
  type Channel,
  CHANNELS,
  type EventType,
  type Millis,
  type Origin,
  SEGMENT_CALLS,
  type SegmentCall,
  typeOfTrack,
} from '@holdfast/schemas';

import { type Faults, Fields, type Json } from './fields.js';
import { readMoney } from './money-fields.js';
import { correctSkew } from './occurred-at.js';
import { type Rates } from './rates.js';
import { type Refusal } from './refusal.js';

/** What is known about a message besides what it says. */
export interface Reception {
  readonly shop: string;
  readonly rates: Rates;
  /** By the log's clock. */
  readonly receivedAt: Millis;
  readonly origin: Origin;
  /** Wall clock, where the record's time is not it. */
  readonly importedAt?: Millis;
  /** When the batch left the sender, where its messages do not say. */
  readonly sentAt?: Millis;
  /** History keeps its own time as the record's time, unshifted. */
  readonly history: boolean;
  /** An id for a message that has none. */
  newId(call: SegmentCall, message: Json): string;
}

const CALLS: ReadonlySet<unknown> = new Set(['track', ...Object.keys(SEGMENT_CALLS)]);
/** True for the calls of Segment's HTTP API. */
export const isSegmentCall = (call: unknown): call is SegmentCall => CALLS.has(call);

/** Maps a message, or says why not. */
export function mapSegment(call: SegmentCall, message: Json, reception: Reception): BehaviorEvent | Refusal {
  const faults: Faults = { first: null };
  const root = new Fields(message, '', faults);
  const properties = root.inner('properties');
  const context = root.inner('context');
  const name =
    call === 'track' ? root.label(200, 'event') : (root.label(200, 'name') ?? properties.label(200, 'title', 'path'));
  if (call === 'track' && name === undefined)
    root.refuse('schema', 'event', 'A track call needs the name of its `event`.');
  const type = call === 'track' ? typeOfTrack(name ?? '') : SEGMENT_CALLS[call];
  const customer = root.id(200, 'userId', 'anonymousId');
  if (customer === undefined)
    root.refuse('no-customer', 'userId', 'There must be a `userId` or an `anonymousId` that says who it was.');

  const event: BehaviorEvent = {
    messageId: root.id(200, 'messageId') ?? reception.newId(call, message),
    shop: reception.shop,
    customer: customer ?? '',
    type,
    ...readTimes(root, reception),
    ...given({
      sender: context.inner('library').label(100, 'name'),
      app: appOf(context),
      session: context.id(200, 'sessionId') ?? properties.id(200, 'session_id', 'sessionId'),
      device: deviceOf(context),
      name: type === 'search' ? (properties.label(200, 'query', 'search_term') ?? name) : name,
      sku: properties.id(200, 'sku', 'product_id', 'productId'),
      category: properties.label(200, 'category') ?? (call === 'page' ? root.label(200, 'category') : undefined),
      coupon: properties.label(100, 'coupon', 'coupon_id', 'coupon_name', 'code'),
      decisionId: properties.id(200, 'decision_id', 'decisionId'),
      email: root.inner('traits').label(320, 'email') ?? context.inner('traits').label(320, 'email'),
      consent: consentOf(type, properties),
    }),
    ...readMoney(type, properties, reception.rates),
  };
  return faults.first ?? event;
}

function readTimes(root: Fields, r: Reception): Pick<BehaviorEvent, 'occurredAt' | 'receivedAt' | 'origin'> {
  const original = root.at('originalTimestamp', 'timestamp');
  const imported = r.importedAt === undefined ? {} : { importedAt: r.importedAt };
  if (!r.history) {
    const occurredAt = correctSkew(r.receivedAt, original, root.at('sentAt') ?? r.sentAt);
    return { occurredAt, receivedAt: r.receivedAt, origin: r.origin, ...imported };
  }
  if (original === undefined) root.refuse('no-time', 'timestamp', 'History needs a `timestamp`: when it happened.');
  const at = Math.min(original ?? r.receivedAt, r.receivedAt);
  return { occurredAt: at, receivedAt: at, origin: r.origin, ...imported };
}

/** Versions apart: it is new ones that break. */
function appOf(context: Fields): string | undefined {
  const app = context.inner('app');
  const parts = [app.label(60, 'name', 'namespace'), app.label(30, 'version')].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

function deviceOf(context: Fields): BehaviorEvent['device'] {
  const said = context.inner('device').label(20, 'type')?.toLowerCase();
  if (said !== undefined) {
    if (said === 'ios' || said === 'android' || said === 'mobile' || said === 'phone') return 'mobile';
    return said === 'tablet' || said === 'tv' || said === 'desktop' ? said : 'other';
  }
  const agent = context.label(400, 'userAgent');
  if (agent === undefined) return undefined;
  if (/iPad|Tablet|Android(?!.*Mobile)/.test(agent)) return /TV/.test(agent) ? 'tv' : 'tablet';
  return /Mobi|iPhone/.test(agent) ? 'mobile' : 'desktop';
}

function consentOf(type: EventType, properties: Fields): BehaviorEvent['consent'] {
  if (type === 'message-unsubscribed') return { channel: channelOf(properties) ?? 'email', granted: false };
  if (type !== 'consent-changed') return undefined;
  const channel = channelOf(properties);
  const granted = properties.flag('granted');
  if (channel === undefined)
    return properties.refuse('schema', 'channel', `\`channel\` must be one of ${CHANNELS.join(', ')}.`);
  if (granted === undefined) return properties.refuse('schema', 'granted', '`granted` must be true or false.');
  return { channel, granted };
}

function channelOf(properties: Fields): Channel | undefined {
  const said = properties.label(20, 'channel')?.toLowerCase();
  return CHANNELS.find((channel) => channel === said);
}

/** Without the fields that are undefined. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const all = fields as Record<string, unknown>;
  for (const name in all) if (all[name] === undefined) delete all[name];
  return all as { [K in keyof T]?: Exclude<T[K], undefined> };
}
