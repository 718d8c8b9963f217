// Money in minor units (cents). How many digits a currency has is asked of Intl (ISO 4217), never assumed.

const known = new Map<string, number>();

/**
 * Decimal digits of a currency: GBP 2, JPY 0, KWD 3. 2 where Intl does not know it. Throws `RangeError` unless it is three
 * capital letters.
 */
export function minorDigits(currency: string): number {
  let digits = known.get(currency);
  if (digits === undefined) {
    if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError(`currency is no ISO 4217 code: ${JSON.stringify(currency)}`);
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    known.set(currency, digits);
  }
  return digits;
}

/** Major to whole minor units, half away from zero: 19.99 GBP is 1999. Throws `RangeError` when it is not finite. */
export function toMinor(amount: number, currency: string): number {
  if (!Number.isFinite(amount)) throw new RangeError(`amount is no number: ${amount}`);
  // 1.005 × 100 is 100.49999…; the nudge restores what was written. `+ 0` turns −0 into 0.
  return Math.sign(amount) * Math.round(Math.abs(amount) * 10 ** minorDigits(currency) * (1 + Number.EPSILON)) + 0;
}
