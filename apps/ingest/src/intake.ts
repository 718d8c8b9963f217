// One request from its bytes to its answer.
import { type IncomingMessage } from 'node:http';

import { BEHAVIOR_EVENTS, BEHAVIOR_REJECTED, customerKey, partitionOf, type SegmentCall } from '@holdfast/schemas';
import { type Metrics } from '@holdfast/service';

import { type Answer, ANSWERS } from './answer.js';
import { readText } from './body-text.js';
import { clientInstant } from './client-instant.js';
import { isObject, type Json } from './fields.js';
import { type Hold, InFlight } from './in-flight.js';
import { type Appending, LogAway, type LogWriter } from './log-writer.js';
import { type LogClock } from './log-clock.js';
import { messageIdOf } from './message-id.js';
import { type Rates } from './rates.js';
import { EVENT_LIMIT, takeIn, type TakeInOptions, type TakenIn } from './take-in.js';
import { mayHoldBadText } from './text-check.js';
import { keyOfHeader, type WriteKey, type WriteKeys } from './write-keys.js';

/** The calls of the API. */
export type Call = SegmentCall | 'batch' | 'import';

export interface IntakeOptions {
  readonly keys: WriteKeys;
  readonly rates: Rates;
  readonly partitions: number;
  readonly maxInFlightBytes: number;
}

/** Takes requests in. */
export class Intake {
  readonly #inFlight: InFlight;

  constructor(
    private readonly clock: LogClock,
    private readonly writer: LogWriter,
    private readonly metrics: Metrics,
    private readonly options: IntakeOptions,
  ) {
    this.#inFlight = new InFlight(options.maxInFlightBytes);
  }

  /** Answers once everything is stored. */
  async take(call: Call, request: IncomingMessage): Promise<Answer> {
    const hold = this.#inFlight.enter();
    try {
      return await this.#take(call, request, hold);
    } catch (error) {
      if (error instanceof LogAway) return ANSWERS.away;
      throw error;
    } finally {
      hold(0);
    }
  }

  async #take(call: Call, request: IncomingMessage, hold: Hold): Promise<Answer> {
    // A key in the header is looked at before anything is read; one in the body cannot be.
    const named = keyOfHeader(request.headers.authorization);
    const early = named === null ? null : this.#authorize(call, named);
    if (early && 'status' in early) return early;
    if (!this.writer.isAvailable) return ANSWERS.away;
    const text = await readText(request, hold);
    if (typeof text !== 'string') return text;
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch (error) {
      return ANSWERS.unreadable((error as Error).message);
    }
    if (!isObject(body)) return ANSWERS.notAnObject;
    const key = early ?? this.#authorize(call, keyOfBody(body));
    if ('status' in key) return key;
    if (call === 'import' && !this.clock.isLive) await this.clock.refresh();
    const options = this.#options(call, key, body);
    if (options === null) return ANSWERS.noTime;
    const single = call !== 'batch' && call !== 'import';
    const items: unknown = single ? [body] : body['batch'];
    if (!Array.isArray(items)) return ANSWERS.noBatch;
    const suspect = { size: Buffer.byteLength(text) > EVENT_LIMIT, text: mayHoldBadText(text) };
    // From the stamp to the queue nothing is awaited: no tick can come between.
    const { receivedAt } = options.reception;
    const answer = await this.#store(takeIn(items, { ...options, partitions: this.options.partitions, suspect }), key);
    // Once a request: its events were received and stored together.
    if (this.clock.isLive && !options.terms)
      this.metrics.eventAgeSeconds.observe({ stage: 'ingest' }, (this.clock.live.now() - receivedAt) / 1_000);
    return answer;
  }

  #authorize(call: Call, named: unknown): WriteKey | Answer {
    if (typeof named !== 'string' || named === '') return ANSWERS.noKey;
    const key = this.options.keys.find(named);
    if (key === null) return ANSWERS.wrongKey;
    return call === 'import' && !key.mayImport ? ANSWERS.mayNotImport : key;
  }

  #options(
    call: Call,
    { shop, mayReplay }: WriteKey,
    body: Json,
  ): Omit<TakeInOptions, 'partitions' | 'suspect'> | null {
    const { clock } = this;
    const now = clock.live.now();
    const { rates } = this.options;
    if (call === 'import') {
      const origin = clock.isReplaying ? 'replay' : 'import';
      return {
        reception: { shop, rates, receivedAt: now, origin, importedAt: now, history: true, newId: messageIdOf },
        terms: { shop, rates, origin, now, isReplaying: clock.isReplaying, mayReplay },
      };
    }
    const stamp = clock.stamp();
    if (stamp === null) return null;
    const sentAt = clientInstant(body['sentAt']);
    const reception = {
      ...{ shop, rates, ...stamp, history: false, newId: messageIdOf },
      ...(stamp.origin === 'live' ? {} : { importedAt: now }),
      ...(sentAt === null ? {} : { sentAt }),
    };
    return call === 'batch' ? { reception } : { reception, call };
  }

  async #store(taken: TakenIn, { shop }: WriteKey): Promise<Answer> {
    const parts: Appending[] = [];
    for (const [partition, records] of taken.events) parts.push({ topic: BEHAVIOR_EVENTS.name, partition, records });
    if (taken.rejectedRecords.length > 0)
      parts.push({
        topic: BEHAVIOR_REJECTED.name,
        partition: partitionOf(customerKey(shop, ''), this.options.partitions),
        records: taken.rejectedRecords,
      });
    await this.writer.write(parts);
    if (taken.lastTick !== null) this.clock.noteTick(taken.lastTick);
    const { ingestEventsTotal } = this.metrics;
    if (taken.accepted > 0) ingestEventsTotal.inc({ outcome: 'accepted', reason: '' }, taken.accepted);
    for (const { reason } of taken.rejected) ingestEventsTotal.inc({ outcome: 'rejected', reason });
    return { status: 200, body: { accepted: taken.accepted, rejected: taken.rejected } };
  }
}

/** Browser SDKs name the key in the body, or in every event of it. */
function keyOfBody(body: Json): unknown {
  const batch: unknown = body['batch'];
  const first: unknown = Array.isArray(batch) ? batch[0] : undefined;
  return body['writeKey'] ?? (isObject(first) ? first['writeKey'] : undefined);
}
