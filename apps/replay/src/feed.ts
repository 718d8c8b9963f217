// A data set as a stream of what is sent: events at their shifted times, and between them the ticks that move time.
import { type BehaviorEvent, type Millis, toIso } from '@holdfast/schemas';

import { type ReplaySource } from './survey.js';

/** One thing of the stream. `line` counts the items of the data set so far, this one included. */
export type FeedItem =
  | { readonly kind: 'event'; readonly line: number; readonly at: Millis; readonly json: string }
  | { readonly kind: 'bad'; readonly line: number; readonly reason: string }
  | { readonly kind: 'tick'; readonly line: number; readonly at: Millis; readonly json: string };

export interface FeedOptions {
  readonly shiftMs: Millis;
  /** Spacing of ticks; null: none (an import into a live log). Ticks are multiples of it, so that a resumed replay writes the same ones. */
  readonly tickMs: Millis | null;
  /** Lines already taken in, and the last tick. */
  readonly acknowledged: number;
  readonly lastTick: Millis | null;
  /** After the last line ticks go on up to here. */
  until?(): Millis;
}

/** The stream, from the line after `acknowledged` on. */
export async function* feed(source: ReplaySource, options: FeedOptions): AsyncGenerator<FeedItem> {
  const { shiftMs, tickMs, acknowledged } = options;
  let lastTick = options.lastTick;
  let line = 0;
  function* ticksTo(at: Millis): Generator<FeedItem> {
    if (tickMs === null) return;
    const grid = Math.floor(at / tickMs) * tickMs;
    for (let next = lastTick === null ? grid : nextOf(lastTick, tickMs); next <= grid; next += tickMs) {
      lastTick = next;
      yield { kind: 'tick', line, at: next, json: `{"type":"tick","at":"${toIso(next)}"}` };
    }
  }
  for await (const item of source.events()) {
    if (line < acknowledged) {
      line += 1;
    } else if ('event' in item) {
      const at = item.event.occurredAt + shiftMs;
      // Ticks come before the line, and belong to what has been read so far.
      yield* ticksTo(at);
      line += 1;
      yield { kind: 'event', line, at, json: importJson(item.event, at) };
    } else {
      line += 1;
      yield { kind: 'bad', line, reason: item.reason };
    }
  }
  if (options.until) yield* ticksTo(options.until());
}

const nextOf = (lastTick: Millis, tickMs: Millis): Millis => (Math.floor(lastTick / tickMs) + 1) * tickMs;

/** As /v1/import takes it: shop, origin and record time are ingest's to give. */
function importJson(event: BehaviorEvent, at: Millis): string {
  const { shop: _shop, receivedAt: _receivedAt, origin: _origin, importedAt: _importedAt, ...rest } = event;
  return JSON.stringify({ ...rest, occurredAt: toIso(at) });
}
