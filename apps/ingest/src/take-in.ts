// A request's items → records by partition, and what was refused. Pure but for ids of messages that have none. One bad event
// never rejects its batch: SDKs drop a whole batch on 400.
import { type BrokerRecord } from '@holdfast/broker';
import { type BehaviorEvent, customerKey, type Millis, partitionOf, type SegmentCall } from '@holdfast/schemas';

import { isObject } from './fields.js';
import { type ImportTerms, isMapped, isTick, readMapped, readTick } from './import-item.js';
import { eventRecord, rejectedRecord, tickRecord } from './records.js';
import { type Refusal } from './refusal.js';
import { isSegmentCall, mapSegment, type Reception } from './segment-event.js';
import { findBadText } from './text-check.js';

/** Most bytes of one event. */
export const EVENT_LIMIT = 32 * 1024;

/** What a batch is taken in under. */
export interface TakeInOptions {
  readonly reception: Reception;
  /** Present for /v1/import. */
  readonly terms?: ImportTerms;
  /** The call of a single event; absent in batches, whose members say their `type`. */
  readonly call?: SegmentCall;
  readonly partitions: number;
  /** Whether sizes and texts must be looked at: false when the whole body was small and clean. */
  readonly suspect: { readonly size: boolean; readonly text: boolean };
}

/** One refused item, as the answer tells it. */
export type Rejection = Refusal & { readonly index: number };

export interface TakenIn {
  /** Events accepted; ticks are not counted. */
  readonly accepted: number;
  readonly rejected: readonly Rejection[];
  /** By partition, in the order of the request. */
  readonly events: ReadonlyMap<number, readonly BrokerRecord[]>;
  readonly rejectedRecords: readonly BrokerRecord[];
  /** The largest tick among them. */
  readonly lastTick: Millis | null;
}

/** Maps all items. */
export function takeIn(items: readonly unknown[], options: TakeInOptions): TakenIn {
  const { reception, partitions } = options;
  const events = new Map<number, BrokerRecord[]>();
  const rejected: Rejection[] = [];
  const rejectedRecords: BrokerRecord[] = [];
  let accepted = 0;
  let lastTick: Millis | null = null;
  const put = (partition: number, record: BrokerRecord) => {
    const list = events.get(partition);
    if (list) list.push(record);
    else events.set(partition, [record]);
  };
  items.forEach((item, index) => {
    const result = readItem(item, options);
    if (typeof result === 'number') {
      const record = tickRecord(result);
      for (let p = 0; p < partitions; p++) put(p, record);
      lastTick = Math.max(lastTick ?? result, result);
    } else if ('reason' in result) {
      rejected.push({ index, ...result });
      rejectedRecords.push(rejectedRecord(reception.shop, item, { refusal: result, receivedAt: reception.receivedAt }));
    } else {
      accepted += 1;
      put(partitionOf(customerKey(result.shop, result.customer), partitions), eventRecord(result));
    }
  });
  return { accepted, rejected, events, rejectedRecords, lastTick };
}

function readItem(item: unknown, options: TakeInOptions): BehaviorEvent | Millis | Refusal {
  if (!isObject(item)) return { reason: 'not-an-object', pointer: '', message: 'An event must be a JSON object.' };
  if (options.suspect.size && Buffer.byteLength(JSON.stringify(item)) > EVENT_LIMIT)
    return { reason: 'too-large', pointer: '', message: `An event may have ${EVENT_LIMIT / 1024} KB at most.` };
  const bad = options.suspect.text ? findBadText(item) : null;
  if (bad) return bad;
  if (options.terms && isTick(item)) return readTick(item, options.terms);
  if (options.terms && isMapped(item)) return readMapped(item, options.terms);
  const call = options.call ?? item['type'];
  if (isSegmentCall(call)) return mapSegment(call, item, options.reception);
  return {
    reason: 'unknown-type',
    pointer: '/type',
    message: '`type` must be track, identify, page, screen, group or alias.',
  };
}
