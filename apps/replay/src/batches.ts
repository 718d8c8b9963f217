// The stream cut into requests: at most so many items and bytes each; with a speed, none earlier than due.
import { type Millis } from '@holdfast/schemas';

import { type FeedItem } from './feed.js';

/** One request. */
export interface Batch {
  readonly body: string;
  /** Lines of the data set that are dealt with once this batch is stored. */
  readonly line: number;
  /** Items of the data set in it, bad lines included. */
  readonly read: number;
  readonly events: number;
  /** Bad lines by reason. */
  readonly bad: Readonly<Record<string, number>>;
  /** Stream time at its end. */
  readonly at: Millis | null;
  readonly lastTick: Millis | null;
}

export interface BatchOptions {
  readonly mostItems: number;
  readonly mostBytes: number;
  /** How long until an item of this stream time is due, ms; ≤ 0: now. */
  dueIn?(at: Millis): number;
  wait(ms: number): Promise<void>;
}

interface Draft {
  parts: string[];
  bytes: number;
  line: number;
  read: number;
  events: number;
  bad: Record<string, number>;
  at: Millis | null;
  lastTick: Millis | null;
}

const empty = (): Draft => ({ parts: [], bytes: 0, line: -1, read: 0, events: 0, bad: {}, at: null, lastTick: null });
const finish = ({ parts, bytes: _bytes, ...rest }: Draft): Batch => ({
  ...rest,
  body: `{"batch":[${parts.join(',')}]}`,
});

/** Cuts the stream. Bad lines are counted with the batch they fall into. */
export async function* batchesOf(items: AsyncIterable<FeedItem>, options: BatchOptions): AsyncGenerator<Batch> {
  let draft = empty();
  for await (const item of items) {
    if (item.kind !== 'bad') {
      const bytes = Buffer.byteLength(item.json) + 1;
      const dueIn = options.dueIn?.(item.at) ?? 0;
      const isFull = draft.parts.length >= options.mostItems || draft.bytes + bytes > options.mostBytes;
      if (draft.line >= 0 && (isFull || dueIn > 0)) {
        yield finish(draft);
        draft = empty();
      }
      if (dueIn > 0) await options.wait(dueIn);
      draft.parts.push(item.json);
      draft.bytes += bytes;
      draft.at = item.at;
      if (item.kind === 'tick') draft.lastTick = item.at;
      else draft.events += 1;
    } else {
      draft.bad[item.reason] = (draft.bad[item.reason] ?? 0) + 1;
    }
    if (item.kind !== 'tick') draft.read += 1;
    draft.line = item.line;
  }
  if (draft.line >= 0) yield finish(draft);
}
