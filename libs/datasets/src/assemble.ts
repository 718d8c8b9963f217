// From mapped rows to events: rows with one key are joined, what every event has is filled in, the schema is checked, and the
// result is put in time order.
import { type BehaviorEvent, behaviorEventWire, type Millis, type OrderLine } from '@holdfast/schemas';
import { Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';

import { type BadLine, type DatasetLine, type EventLine, type EventParts, type MappedEvent } from './dataset-line.js';

/** Where a row stands. */
export interface Place {
  readonly line: number;
  readonly file: string;
}

/** What all events of one data set share. */
export interface Stamp {
  readonly shop: string;
  /** Name of the layout, as `sender` of the events. */
  readonly sender: string;
}

const inside = TypeCompiler.Compile(
  Type.Composite([
    Type.Omit(behaviorEventWire, ['occurredAt', 'receivedAt', 'importedAt']),
    Type.Object({ occurredAt: Type.Integer(), receivedAt: Type.Integer() }),
  ]),
);

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = { readonly parts: Writable<EventParts>; lines: OrderLine[] | null } & Place;

/** Collects rows of a whole data set, in memory, and gives its events back in time order. */
export class Assembly {
  readonly #drafts: Draft[] = [];
  readonly #byKey = new Map<string, Draft>();

  /** Takes one mapped row: a new event, or a line of one already begun. */
  add(mapped: MappedEvent & { readonly before?: MappedEvent }, place: Place): void {
    if (mapped.before) this.add(mapped.before, place);
    const begun = mapped.key === undefined ? undefined : this.#byKey.get(mapped.key);
    if (begun !== undefined) {
      join(begun.parts, mapped.event);
      if (mapped.orderLine) (begun.lines ??= []).push(mapped.orderLine);
      return;
    }
    const draft = draftOf(mapped, place);
    this.#drafts.push(draft);
    if (mapped.key !== undefined) this.#byKey.set(mapped.key, draft);
  }

  /** Customers that have an event so far. */
  customers(): ReadonlySet<string> {
    return new Set(this.#drafts.map((draft) => draft.parts.customer));
  }

  /** All events by time; events of one instant in the order of their lines. What breaks the schema is a bad line. */
  *inTimeOrder(stamp: Stamp): Generator<DatasetLine> {
    this.#byKey.clear();
    this.#drafts.sort((a, b) => a.parts.occurredAt - b.parts.occurredAt);
    for (const draft of this.#drafts) yield finish(draft, stamp);
  }
}

/** One row that is an event of its own. */
export const single = (mapped: MappedEvent, place: Place, stamp: Stamp): DatasetLine =>
  finish(draftOf(mapped, place), stamp);

const draftOf = (mapped: MappedEvent, place: Place): Draft => ({
  parts: mapped.event,
  lines: mapped.orderLine ? [mapped.orderLine] : null,
  ...place,
});

/** Adds a further row to an order; in place, because an order may have hundreds. */
function join(order: Writable<EventParts>, row: EventParts): void {
  if (row.occurredAt < order.occurredAt) order.occurredAt = row.occurredAt;
  if (row.amountMinor !== undefined) order.amountMinor = (order.amountMinor ?? 0) + row.amountMinor;
  if (row.discountMinor !== undefined) order.discountMinor = (order.discountMinor ?? 0) + row.discountMinor;
  if (row.quantity !== undefined) order.quantity = (order.quantity ?? 0) + row.quantity;
}

function finish({ parts, lines, line, file }: Draft, { shop, sender }: Stamp): EventLine | BadLine {
  const at: Millis = parts.occurredAt;
  const event: BehaviorEvent = {
    ...parts,
    messageId: parts.messageId ?? `${file}:${line}`,
    shop,
    occurredAt: at,
    receivedAt: at,
    origin: 'replay',
    sender,
    ...(lines === null ? {} : { lines }),
  };
  if (inside.Check(event)) return { line, file, event };
  const fault = inside.Errors(event).First();
  const message = `${fault?.path ?? '/'}: ${fault?.message ?? 'does not fit the schema of behavior.events'}`;
  return { line, file, reason: 'schema', message };
}
