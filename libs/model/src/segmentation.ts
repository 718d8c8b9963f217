// Segments of customers: each belongs to the one whose centre is nearest, in units of deviations (k-means, MacQueen 1967).

/** Of points with D coordinates. */
export interface Segmentation {
  readonly mean: readonly number[]; // [D]
  readonly deviation: readonly number[]; // [D], > 0
  /** Standardised, [segments × D]. */
  readonly centres: readonly (readonly number[])[];
  /** In the order of the centres; no two alike. */
  readonly names: readonly string[];
}

/** The number of a point's segment. */
export const segmentOf = (segmentation: Segmentation, point: readonly number[]): number =>
  nearest(segmentation.centres, standardised(segmentation, point));

/** In deviations from the mean. */
export const standardised = (
  { mean, deviation }: Pick<Segmentation, 'mean' | 'deviation'>,
  point: readonly number[],
): number[] => point.map((value, k) => (value - mean[k]!) / deviation[k]!);

/** Squared. */
export const distance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0);

/** The number of the nearest centre. */
export const nearest = (centres: readonly (readonly number[])[], point: readonly number[]): number =>
  centres.reduce((best, centre, i) => (distance(centre, point) < distance(centres[best]!, point) ? i : best), 0);
