// Reads fields of JSON that somebody else wrote. Ids, times and money are strict: the first fault refuses the event, with a
// pointer. Descriptions are lenient: of a wrong type they are left out, too long they are cut.
import { type Millis, toMinor } from '@holdfast/schemas';

import { clientInstant } from './client-instant.js';
import { type Refusal, type RefusalReason } from './refusal.js';

export type Json = Readonly<Record<string, unknown>>;

/** True for `{…}`. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where the first fault of an event is kept. */
export interface Faults {
  first: Refusal | null;
}

/** No amount of money is larger, in major units. */
const MOST = 1e12;
const NOTHING: Json = {};

/** The fields of one object, at `pointer` of the event. Every reader takes several names and uses the first that is there. */
export class Fields {
  constructor(
    private readonly source: Json,
    private readonly pointer: string,
    private readonly faults: Faults,
  ) {}

  /** An id: text of 1–`max` characters, or a number. */
  id(max: number, ...names: readonly string[]): string | undefined {
    const name = this.find(names);
    if (name === undefined) return undefined;
    const value = this.source[name];
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
    if (value === '') return undefined;
    if (typeof value !== 'string') return this.refuse('bad-id', name, `\`${name}\` must be a text or a number.`);
    if (value.length > max) return this.refuse('bad-id', name, `\`${name}\` is longer than ${max} characters.`);
    return value;
  }

  /** A description, cut to `max` characters. */
  label(max: number, ...names: readonly string[]): string | undefined {
    const name = this.find(names);
    const value = name === undefined ? undefined : this.source[name];
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string' || value === '') return undefined;
    return value.length <= max ? value : value.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
  }

  /** An instant. */
  at(...names: readonly string[]): Millis | undefined {
    const name = this.find(names);
    if (name === undefined) return undefined;
    const at = clientInstant(this.source[name]);
    return (
      at ??
      this.refuse('bad-time', name, `\`${name}\` must be a time like 2026-11-25T10:15:00Z, or milliseconds since 1970.`)
    );
  }

  /** Money in whole minor units of `currency`; numbers and numeric texts. */
  minor(currency: string, ...names: readonly string[]): number | undefined {
    const name = this.find(names);
    if (name === undefined || this.source[name] === '') return undefined;
    const amount = numberOf(this.source[name]);
    if (Math.abs(amount) <= MOST) return toMinor(amount, currency);
    return this.refuse('bad-amount', name, `\`${name}\` must be an amount of money in major units, like 19.99.`);
  }

  /** A quantity ≥ 0; anything else is left out. */
  count(...names: readonly string[]): number | undefined {
    const name = this.find(names);
    const value = name === undefined ? Number.NaN : numberOf(this.source[name]);
    return value >= 0 && value <= MOST ? value : undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.source[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  /** The fields of an inner object; of none, where it is missing. */
  inner(name: string): Fields {
    const value = this.source[name];
    return new Fields(isObject(value) ? value : NOTHING, `${this.pointer}/${name}`, this.faults);
  }

  /** The objects of a list; other members are left out. */
  list(name: string): readonly Fields[] {
    const value = this.source[name];
    if (!Array.isArray(value)) return [];
    return value.flatMap((item: unknown, i) =>
      isObject(item) ? [new Fields(item, `${this.pointer}/${name}/${i}`, this.faults)] : [],
    );
  }

  /** Records a fault; the first one counts. */
  refuse(reason: RefusalReason, name: string, message: string): undefined {
    this.faults.first ??= { reason, pointer: name === '' ? this.pointer : `${this.pointer}/${name}`, message };
    return undefined;
  }

  private find(names: readonly string[]): string | undefined {
    return names.find((name) => this.source[name] !== undefined && this.source[name] !== null);
  }
}

/** Of a number or a numeric text; NaN for anything else, objects too, which may be made so that turning them into a number throws. */
const numberOf = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
