// How far chance may have moved a figure: the same figure of resamples of the rows (Efron 1979). Whatever is compared is drawn by the same
// resamples, so that differences are paired.
import { type Random } from './random.js';

/** A value with the 2.5 and 97.5 percentiles of its resamples. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Figures of the rows as they are, and of each resample. */
export interface Drawn<Name extends string> {
  readonly value: Readonly<Record<Name, number>>;
  readonly draws: readonly Readonly<Record<Name, number>>[];
}

/** How often each row counts, ≥ 0: as it was drawn, or for as many as it stands for. */
export type Weights = Uint16Array | Float64Array;

/** How often each row is drawn. */
export const resamples = (rows: number, count: number, random: Random): Uint16Array[] =>
  Array.from({ length: count }, () => {
    const weights = new Uint16Array(rows);
    for (let i = 0; i < rows; i++) weights[Math.floor(random.next() * rows)]! += 1;
    return weights;
  });

/** The weights of rows as they are. */
export const eachOnce = (rows: number): Uint16Array => new Uint16Array(rows).fill(1);

/**
 * Figures that take each row as often as a weight says, drawn.
 * @param samples at least one
 * @param weights of the rows as they are; a row counts so much each time that it is drawn
 */
export const drawn = <Name extends string>(
  figures: (weights: Weights) => Record<Name, number>,
  samples: readonly Weights[],
  weights?: Weights,
): Drawn<Name> => ({
  value: figures(weights ?? eachOnce(samples[0]!.length)),
  draws: samples.map((times) => figures(weights ? weights.map((weight, i) => weight * times[i]!) : times)),
});

/** For how many all rows count. */
export function total(weights: Weights): number {
  let all = 0;
  for (const weight of weights) all += weight;
  return all;
}

/** Combines figures that were drawn by the same resamples, name by name. */
export function combined<Name extends string>(
  parts: readonly Drawn<Name>[],
  combine: (values: readonly number[]) => number,
): Drawn<Name> {
  const of = (each: readonly Readonly<Record<Name, number>>[]) =>
    Object.fromEntries(
      (Object.keys(each[0]!) as Name[]).map((name) => [name, combine(each.map((figures) => figures[name]))]),
    ) as Record<Name, number>;
  return {
    value: of(parts.map(({ value }) => value)),
    draws: parts[0]!.draws.map((_, i) => of(parts.map(({ draws }) => draws[i]!))),
  };
}

/** a − b, paired. */
export const minus = <Name extends string>(a: Drawn<Name>, b: Drawn<Name>): Drawn<Name> =>
  combined([a, b], ([left, right]) => left! - right!);

/** With 95 % intervals. */
export const estimates = <Name extends string>({ value, draws }: Drawn<Name>): Record<Name, Estimate> =>
  Object.fromEntries(
    (Object.keys(value) as Name[]).map((name) => [name, estimateOf(value[name], draws.map((draw) => draw[name]))]), // prettier-ignore
  ) as Record<Name, Estimate>;

/** A value with the interval that its draws span. */
export function estimateOf(value: number, draws: readonly number[]): Estimate {
  // A resample without one of the classes has no AUC.
  const sorted = draws.filter(Number.isFinite).sort((a, b) => a - b);
  return { value, low: percentile(sorted, 0.025), high: percentile(sorted, 0.975) };
}

/** Linear interpolation between order statistics. */
export function percentile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const [low, high] = [Math.floor(at), Math.ceil(at)];
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
