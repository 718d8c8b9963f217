// Points and the centres that they belong to.

/** Squared. */
export const distance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0);

/** The number of the nearest centre. */
export const nearest = (centres: readonly (readonly number[])[], point: readonly number[]): number =>
  centres.reduce((best, centre, i) => (distance(centre, point) < distance(centres[best]!, point) ? i : best), 0);
