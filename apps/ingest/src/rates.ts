// The shop's base currency and what other currencies are worth in it. The rate is stamped on the event at ingest, so that
// history keeps the rate of its day.
import { minorDigits } from '@holdfast/schemas';

/** Currencies of a shop. */
export interface Rates {
  readonly base: string;
  /** Factor from minor units of a currency to minor units of the base; null: unknown. */
  of(currency: string): number | null;
}

/**
 * Reads `EUR=0.86,USD=0.79`: how many units of the base one unit is worth. Throws `RangeError` naming the part that is wrong.
 */
export function parseRates(text: string, base: string): Rates {
  const table = new Map<string, number>([[base, 1]]);
  minorDigits(base);
  for (const part of text.split(/[,\s]+/).filter(Boolean)) {
    const [currency = '', value] = part.split('=');
    const rate = Number(value);
    if (!/^[A-Z]{3}$/.test(currency) || !(rate > 0) || !Number.isFinite(rate))
      throw new RangeError(`INGEST_RATES must look like EUR=0.86,USD=0.79; this part does not: ${part}`);
    table.set(currency, rate * 10 ** (minorDigits(base) - minorDigits(currency)));
  }
  return { base, of: (currency) => table.get(currency) ?? null };
}
