// What a data set is made of: events in time order, and the lines that could not become one, each with its place in the file.
import { type BehaviorEvent, type OrderLine } from '@holdfast/schemas';

/** A line that became no event. `reason` is a short code for counting, `message` a sentence for a person. */
export interface BadLine {
  /** From 1, the header included. */
  readonly line: number;
  readonly file: string;
  readonly reason: string;
  readonly message: string;
}

/** An event, with the line it began on. */
export interface EventLine {
  readonly line: number;
  readonly file: string;
  readonly event: BehaviorEvent;
}

export type DatasetLine = EventLine | BadLine;

/** What a layout knows of an event; the rest (shop, origin, receivedAt, message id) is the same for every layout. */
export type EventParts = Pick<BehaviorEvent, 'customer' | 'type' | 'occurredAt'> &
  Partial<Omit<BehaviorEvent, 'shop' | 'receivedAt' | 'origin'>>;

/** An event, or a part of one. */
export interface MappedEvent {
  readonly event: EventParts;
  /** Rows with one key become one event: amounts, quantities and discounts are summed, the earliest time wins. */
  readonly key?: string;
  readonly orderLine?: OrderLine;
}

/** Why a row is no event. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

/** What one row of a file means. `before`: an event that the row implies, such as the visit it belongs to. */
export type Mapped = (MappedEvent & { readonly before?: MappedEvent }) | Refusal;

/** Turns the fields of one row into an event, or says why not. */
export type RowMapper = (fields: readonly string[], file: string) => Mapped;
