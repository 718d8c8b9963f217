// An interval that may be looked at every day. Asymptotic confidence sequence from Robbins' normal mixture:
// estimate ± √V · √( 2(tρ²+1)/(tρ²) · ln( √(tρ²+1)/α ) ), V the estimated variance of the estimate after t units.
// Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences"
// (2021), theorem 2.2, with t·V for σ². It holds at all t together, so stopping when it leaves zero is allowed.

/** Where the interval is made tightest: about so many units. */
const TIGHTEST_AT = 1_000;

/** An estimate with its variance after `units` observations. */
export interface Estimate {
  readonly value: number;
  readonly variance: number;
  readonly units: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** ρ² that makes the interval tightest at t*: (−2 ln α + ln(1 − 2 ln α)) / t*. */
const rhoSquared = (alpha: number): number => (-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / TIGHTEST_AT;

/** Interval that covers the truth at all times together with probability 1 − α, asymptotically. `alpha` in (0, 1). */
export function anytimeInterval({ value, variance, units }: Estimate, alpha = 0.05): Interval {
  const scaled = units * rhoSquared(alpha);
  const radius = Math.sqrt((variance * 2 * (scaled + 1) * Math.log(Math.sqrt(scaled + 1) / alpha)) / scaled);
  return { low: value - radius, high: value + radius };
}

/** Always-valid p-value of "no effect": the inverse of the mixture's likelihood ratio, ρ as at α = .05, at most 1. */
export function anytimeP({ value, variance, units }: Estimate): number {
  if (variance === 0) return value === 0 ? 1 : 0;
  const scaled = units * rhoSquared(0.05);
  return Math.min(1, Math.sqrt(scaled + 1) * Math.exp(((-value * value) / variance) * (scaled / (2 * (scaled + 1)))));
}
