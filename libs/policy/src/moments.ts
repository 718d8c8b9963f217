// What the effect is computed from: sums over the settled units of one arm. They are additive, so a database can make them.

/** Sums of an outcome y and a covariate x that was known before the decision. */
export interface Moments {
  readonly y: number;
  readonly yy: number;
  readonly x: number;
  readonly xx: number;
  readonly xy: number;
}

/** One arm of one playbook. */
export interface ArmMoments {
  /** Units assigned, and those of them whose window has closed. */
  readonly assigned: number;
  readonly settled: number;
  readonly purchased: number;
  /** y: purchased or not; x: ln(1 + orders before). */
  readonly purchase: Moments;
  /** y: margin in minor units; x: ln(1 + spend before). */
  readonly margin: Moments;
}

/** Means, variances and covariance (n − 1) of n pairs. */
export function statisticsOf(n: number, { y, yy, x, xx, xy }: Moments) {
  if (n < 2) throw new RangeError(`n must be at least 2, not ${n}`);
  const meanX = x / n;
  const meanY = y / n;
  const spread = (sum: number) => sum / (n - 1);
  return {
    meanX,
    meanY,
    // Rounding may leave a tiny negative number where all values are equal.
    varianceX: Math.max(0, spread(xx - n * meanX * meanX)),
    varianceY: Math.max(0, spread(yy - n * meanY * meanY)),
    covariance: spread(xy - n * meanX * meanY),
  };
}
