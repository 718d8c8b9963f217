// Reading a row's fields by the names in the header, and refusing rows.
import { type Refusal } from './dataset-line.js';

/** Says where the named columns are, or which are missing. */
export function columnsOf<const N extends string>(header: readonly string[], names: readonly N[]): Record<N, number> {
  const clean = header.map((name) => name.trim().toLowerCase());
  return Object.fromEntries(names.map((name) => [name, clean.indexOf(name.toLowerCase())])) as Record<N, number>;
}

/** A field without surrounding blanks, '' when the row or the header has none. */
export const fieldAt = (fields: readonly string[], index: number): string => fields[index]?.trim() ?? '';

/** A number, or `null` when the field is empty or no number. */
export function numberAt(fields: readonly string[], index: number): number | null {
  const text = fieldAt(fields, index);
  if (text === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** True when the header line has all these columns. */
export function hasColumns(header: string, names: readonly string[]): boolean {
  const found = new Set(header.split(',').map((name) => name.trim().replaceAll('"', '').toLowerCase()));
  return names.every((name) => found.has(name.toLowerCase()));
}

/** A refusal of a row. */
export const refuse = (reason: string, message: string): Refusal => ({ reason, message });
/** The commonest refusal. */
export const badTime = (text: string) => refuse('bad-time', `${JSON.stringify(text)} is no time stamp.`);
/** A row of nobody. */
export const noCustomer = (column: string) => refuse('no-customer', `The column ${column} is empty.`);
