// Money in minor units: how many digits a currency has is asked of Intl (CLDR), never assumed.

const digits = new Map<string, number>();

/** Decimal digits of a currency: GBP 2, JPY 0, KWD 3. Throws `RangeError` when it is no ISO 4217 code. */
export function minorDigits(currency: string): number {
  let known = digits.get(currency);
  if (known === undefined) {
    if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError(`currency is no ISO 4217 code: ${JSON.stringify(currency)}`);
    known = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    digits.set(currency, known);
  }
  return known;
}

/** Amount in major units to whole minor units, half away from zero. Throws `RangeError` when it is not finite. */
export function toMinor(amount: number, currency: string): number {
  if (!Number.isFinite(amount)) throw new RangeError(`amount is no number: ${amount}`);
  const scaled = Math.abs(amount) * 10 ** minorDigits(currency);
  // 1.005 × 100 is 100.49999…; the nudge restores what was written. `+ 0` turns −0 into 0.
  return Math.sign(amount) * Math.round(scaled * (1 + Number.EPSILON)) + 0;
}
