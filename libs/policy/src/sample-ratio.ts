// Were the arms filled in the ratio in which they were drawn? If not, something after the draw loses customers of one arm and
// no effect can be believed. χ² = Σ (observed − expected)² / expected, one degree of freedom; Fabijan et al., KDD 2019.

/** Below this the ratio is taken to be broken: small, because the check is made again and again. */
export const SAMPLE_RATIO_ALARM = 0.001;

export interface SampleRatio {
  readonly chiSquare: number;
  readonly p: number;
  readonly isBroken: boolean;
}

/** Compares the arms with the expected share of the first one, in (0, 1). */
export function sampleRatio(first: number, second: number, expectedShare: number): SampleRatio {
  const total = first + second;
  if (total === 0 || expectedShare <= 0 || expectedShare >= 1) return { chiSquare: 0, p: 1, isBroken: false };
  const expected = total * expectedShare;
  const chiSquare = (first - expected) ** 2 / expected + (second - (total - expected)) ** 2 / (total - expected);
  const p = complementaryError(Math.sqrt(chiSquare / 2));
  return { chiSquare, p, isBroken: p < SAMPLE_RATIO_ALARM };
}

/** erfc(x) for x ≥ 0, error below 1.5e-7: Abramowitz & Stegun 7.1.26. */
export function complementaryError(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592].reduce(
    (sum, coefficient) => (sum + coefficient) * t,
    0,
  );
  return polynomial * Math.exp(-x * x);
}
