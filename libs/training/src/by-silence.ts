// Whether risks are right for those who have been silent for long as for others: drift of the base rate shows here first.
import { DAY } from '@holdfast/schemas';

import { type Scored } from './metrics.js';
import { type AtRisk } from './population.js';

/** How far off risks are for customers who were silent for so long. */
export interface SilenceBucket {
  readonly fromDays: number;
  readonly untilDays: number;
  readonly customers: number;
  readonly predicted: number;
  readonly observed: number;
}

/** Edges in u-days. */
const EDGES = [0, 15, 30, 60, 90, Infinity] as const;

/** By rising silence; a bucket may be empty. */
export function bySilence(population: readonly AtRisk[], { p, y }: Scored, horizonDays: number): SilenceBucket[] {
  const unit = horizonDays / 90;
  const silence = population.map(
    ({ history, index, at }) => (at - history.moments[index]!.lastActivityAt!) / DAY / unit,
  );
  return EDGES.slice(1).map((edge, k) => {
    const rows = silence.flatMap((s, i) => (s >= EDGES[k]! && s < edge ? [i] : []));
    const mean = (values: ArrayLike<number>) => rows.reduce((sum, i) => sum + values[i]!, 0) / rows.length;
    return {
      fromDays: EDGES[k]! * unit,
      untilDays: Math.floor(edge) * unit,
      customers: rows.length,
      predicted: mean(p),
      observed: mean(y),
    };
  });
}
