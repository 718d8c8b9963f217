// Probabilities and their logits: logit p = log(p / (1 − p)).

/** 1 / (1 + e^−x). */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** log(p / (1 − p)) for 0 < p < 1. Throws `RangeError` outside. */
export function logit(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`p must lie between 0 and 1, not ${p}`);
  return Math.log(p / (1 - p));
}
