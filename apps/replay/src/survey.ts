// A first look at a data set: how long it is, when it ends, and a hash that tells it from another one of the same name.
import { createHash } from 'node:crypto';

import { type Dataset } from '@holdfast/datasets';
import { DAY, type Millis } from '@holdfast/schemas';

/** What a replay needs of a data set. Everything the CLI hands in is one; tests make their own. */
export type ReplaySource = Pick<Dataset, 'name' | 'layout' | 'events'>;

export interface Survey {
  /** Events and bad lines. */
  readonly lines: number;
  readonly firstAt: Millis;
  readonly lastAt: Millis;
  readonly hash: string;
}

/** Reads the data set once. Null when it holds no event. */
export async function surveyDataset(source: ReplaySource): Promise<Survey | null> {
  const hash = createHash('sha256');
  let lines = 0;
  let firstAt = Infinity;
  let lastAt = -Infinity;
  for await (const item of source.events()) {
    lines += 1;
    if (!('event' in item)) continue;
    const { messageId, customer, occurredAt } = item.event;
    hash.update(`${messageId}\n${customer}\n${occurredAt}\n`);
    firstAt = Math.min(firstAt, occurredAt);
    lastAt = Math.max(lastAt, occurredAt);
  }
  return firstAt === Infinity ? null : { lines, firstAt, lastAt, hash: hash.digest('hex') };
}

const WEEK: Millis = 7 * DAY;

/** Whole weeks by which times move so that the last event lies within the seven days before `now`: weekdays stay what they are. */
export const weekShift = (lastAt: Millis, now: Millis): Millis => Math.floor((now - lastAt) / WEEK) * WEEK;
