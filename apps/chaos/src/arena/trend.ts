// Whether something that breathes, as the memory of a process does, also grows.

/** How much of it there was at a time, ms. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** The least of every `run` samples in a row: what breathes comes back to its floor, and what leaks lifts the floor. */
export function floorOf(samples: readonly Sample[], run: number): Sample[] {
  const least: Sample[] = [];
  for (let from = 0; from + run <= samples.length; from += run)
    least.push(samples.slice(from, from + run).reduce((a, b) => (b.value < a.value ? b : a)));
  return least;
}

/**
 * By how much it grows in a millisecond: the median of the slopes between all pairs (Theil 1950, Sen 1968), which no 29 % of the
 * samples can carry off. 0: there are no two of different times.
 */
export function slopeOf(samples: readonly Sample[]): number {
  const slopes = samples.flatMap((a, n) =>
    samples.slice(n + 1).flatMap((b) => (b.at === a.at ? [] : [(b.value - a.value) / (b.at - a.at)])),
  );
  return slopes.length === 0 ? 0 : quantile(slopes, 0.5);
}

/** The smallest value that at least so large a share (0..1) of them does not exceed; NaN: there are none. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? NaN;
