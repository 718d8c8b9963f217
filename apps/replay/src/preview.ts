// What a data set would become, without sending anything.
import { type BehaviorEvent, DAY, type EventType, type Millis, toIso } from '@holdfast/schemas';

import { type ReplaySource, weekShift } from './survey.js';

/** A look at a data set. */
export interface Preview {
  readonly name: string;
  readonly layout: string;
  readonly events: number;
  readonly customers: number;
  readonly firstAt: Millis | null;
  readonly lastAt: Millis | null;
  readonly types: readonly {
    readonly type: EventType;
    readonly count: number;
    readonly first: BehaviorEvent;
    readonly file: string;
    readonly line: number;
  }[];
  /** Bad lines by reason, with the first ones of each. */
  readonly bad: readonly {
    readonly reason: string;
    readonly count: number;
    readonly first: readonly { readonly file: string; readonly line: number; readonly message: string }[];
  }[];
}

const SHOWN = 5;

/** Reads the whole data set. Arrays are sorted by count, most first. */
export async function previewDataset(source: ReplaySource): Promise<Preview> {
  type Kind = { type: EventType; count: number; first: BehaviorEvent; file: string; line: number };
  type Bad = { reason: string; count: number; first: { file: string; line: number; message: string }[] };
  const types = new Map<string, Kind>();
  const bad = new Map<string, Bad>();
  const customers = new Set<string>();
  let firstAt: Millis | null = null;
  let lastAt: Millis | null = null;
  for await (const item of source.events()) {
    const { file, line } = item;
    if ('event' in item) {
      const { event } = item;
      customers.add(event.customer);
      firstAt = Math.min(firstAt ?? event.occurredAt, event.occurredAt);
      lastAt = Math.max(lastAt ?? event.occurredAt, event.occurredAt);
      const kind = types.get(event.type);
      if (kind) kind.count += 1;
      else types.set(event.type, { type: event.type, count: 1, first: event, file, line });
    } else {
      const kind = bad.get(item.reason) ?? { reason: item.reason, count: 0, first: [] };
      bad.set(item.reason, kind);
      kind.count += 1;
      if (kind.first.length < SHOWN) kind.first.push({ file, line, message: item.message });
    }
  }
  const byCount = <T extends { readonly count: number }>(kinds: Iterable<T>): T[] =>
    [...kinds].sort((a, b) => b.count - a.count);
  return {
    ...{ name: source.name, layout: source.layout, firstAt, lastAt, customers: customers.size },
    events: [...types.values()].reduce((sum, { count }) => sum + count, 0),
    types: byCount(types.values()),
    bad: byCount(bad.values()),
  };
}

/** The preview as a page of text. `now`: wall clock, for the shift a replay would use. */
export function previewText(preview: Preview, now: Millis): string {
  const { name, layout, events, customers, firstAt, lastAt } = preview;
  const lines = [`${name}: layout ${layout}, ${number(events)} events of ${number(customers)} customers`];
  if (firstAt !== null && lastAt !== null) {
    const shift = weekShift(lastAt, now);
    lines.push(
      `from ${toIso(firstAt)} to ${toIso(lastAt)}`,
      `a replay would move it by ${number(shift / (7 * DAY))} weeks, so that it ends at ${toIso(lastAt + shift)}`,
    );
  }
  for (const { type, count, first, file, line } of preview.types) {
    const { shop: _shop, receivedAt: _receivedAt, origin: _origin, ...shown } = first;
    const json = JSON.stringify({ ...shown, occurredAt: toIso(first.occurredAt) });
    lines.push('', `${type}: ${number(count)}, the first from ${file}:${line}`, `  ${cut(json)}`);
  }
  for (const { reason, count, first } of preview.bad) {
    lines.push('', `not taken (${reason}): ${number(count)}`);
    for (const { file, line, message } of first) lines.push(`  ${file}:${line} ${cut(message)}`);
    if (count > first.length) lines.push(`  … and ${number(count - first.length)} more`);
  }
  return `${lines.join('\n')}\n`;
}

const number = (value: number): string => value.toLocaleString('en-GB');
const cut = (text: string): string => (text.length <= 400 ? text : `${text.slice(0, 400)} …`);
