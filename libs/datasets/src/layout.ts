// A layout: how one public data set, or one general form, writes events down.
import { type EventType } from '@holdfast/schemas';

import { type Mapped, type RowMapper } from './dataset-line.js';
import { type Splitter } from './rows.js';

/** Files handed to a layout: the main ones in name order, and others of the same folder, found by what their name contains. */
export interface FileSet {
  readonly main: readonly string[];
  /** Path of another file of the folder whose name contains this text, `null` when there is none. */
  beside(part: string): string | null;
}

/** What a layout's row mapper may ask for. */
export interface LayoutContext {
  readonly currency: string;
  readonly files: FileSet;
}

interface LayoutBase {
  readonly name: string;
  readonly about: string;
  /** Base currency of the shop, ISO 4217. */
  readonly currency: string;
  /** What churn is told from, where that is not purchases. */
  readonly target?: EventType;
  /** True when all that a file holds is in another one of its folder, too: read with it, everything would count twice. */
  isIn?(name: string, others: readonly string[]): boolean;
  /** True when a file that begins with this line is written in this layout. */
  fits(firstLine: string): boolean;
}

/** A table: one row a line, with or without a header. */
export interface TableLayout extends LayoutBase {
  readonly kind: 'table';
  readonly split: Splitter;
  /** True when the first line names the columns. */
  hasHeader(firstLine: string): boolean;
  /** Called once a data set with the first row of the first file; may read files beside it. */
  mapper(header: readonly string[], context: LayoutContext): Promise<RowMapper>;
  /** The files are in time order and too large for memory: events stream through, what is out of order is refused. */
  readonly streamed?: boolean;
  /** Further events from a file beside the main ones, made once the main ones are known. */
  extras?(
    customers: ReadonlySet<string>,
    context: LayoutContext,
  ): AsyncIterable<{ readonly mapped: Mapped; readonly line: number; readonly file: string }>;
}

/** One JSON object a line. */
export interface JsonLayout extends LayoutBase {
  readonly kind: 'json';
  map(message: Readonly<Record<string, unknown>>): Mapped;
}

export type Layout = TableLayout | JsonLayout;
