// Whether something that breathes, as the memory of a process does, also grows.

/** How much of it there was at a time, ms. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** The least of every `run` samples in a row: what breathes comes back to its floor, and what leaks lifts the floor. */
export const floorOf = (samples: readonly Sample[], run: number): Sample[] =>
  ofRuns(samples, run, (a, b) => (b.value < a.value ? b : a));

/** The greatest: of what there is a certain number of, some of them away at a time. What leaks lifts it, and whether many are away does not. */
export const ceilingOf = (samples: readonly Sample[], run: number): Sample[] =>
  ofRuns(samples, run, (a, b) => (b.value > a.value ? b : a));

const ofRuns = (samples: readonly Sample[], run: number, better: (a: Sample, b: Sample) => Sample): Sample[] =>
  Array.from({ length: Math.floor(samples.length / run) }, (_, i) =>
    samples.slice(i * run, (i + 1) * run).reduce((a, b) => better(a, b)),
  );

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
