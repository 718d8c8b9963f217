// The curves behind the figures, for people who would rather see them: each on a grid of its own, from probabilities and labels.
import { type Scored } from './metrics.js';

/** Points of a curve; x rises. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Shares 0, .01, … 1. */
export const SHARES: readonly number[] = Array.from({ length: 101 }, (_, i) => i / 100);

/** What is found among the rows of the highest risks, row by row. */
interface Found {
  /** Churners among the first i rows, [n + 1]; a tie is spread evenly. */
  readonly churned: Float64Array;
  readonly all: number;
}

function foundOf({ p, y }: Scored): Found {
  const order = [...p.keys()].sort((a, b) => p[b]! - p[a]!);
  const churned = new Float64Array(order.length + 1);
  for (let from = 0; from < order.length;) {
    let until = from;
    let inTie = 0;
    do inTie += y[order[until++]!]!;
    while (until < order.length && p[order[until]!] === p[order[from]!]);
    for (let i = from; i < until; i++) churned[i + 1] = churned[from]! + (inTie * (i + 1 - from)) / (until - from);
    from = until;
  }
  return { churned, all: churned.at(-1)! };
}

/** Share of churners who are found, by share of the retained who are taken for churners. Area: ROC-AUC. */
export function rocCurve(scored: Scored): Curve {
  const { churned, all } = foundOf(scored);
  const retained = churned.length - 1 - all;
  const points = Array.from(churned, (found, i) => [(i - found) / retained, found / all] as const);
  return { x: SHARES, y: SHARES.map((share) => points.findLast(([x]) => x <= share + 1e-12)![1]) };
}

/** Share of churners among those taken for churners, by share of churners who are found (from .01 on). */
export function precisionCurve(scored: Scored): Curve {
  const { churned, all } = foundOf(scored);
  const x = SHARES.slice(1);
  return {
    x,
    y: x.map((recall) => {
      const rows = churned.findIndex((found) => found >= recall * all - 1e-9);
      return churned[rows]! / rows;
    }),
  };
}

/** Rate of churn among the riskiest share of customers ÷ that among all. */
export function liftCurve(scored: Scored): Curve {
  const { churned, all } = foundOf(scored);
  const rows = churned.length - 1;
  const x = SHARES.slice(1);
  return {
    x,
    y: x.map((share) => {
      const taken = Math.ceil(share * rows - 1e-9);
      return churned[taken]! / taken / (all / rows);
    }),
  };
}

const BINS = 10;

/** Tenths of the customers by risk: what was said of them, and how many churned. */
export function reliabilityCurve({ p, y }: Scored): Curve {
  const order = [...p.keys()].sort((a, b) => p[a]! - p[b]!);
  const tenths = Array.from({ length: BINS }, (_, bin) =>
    order.slice(Math.ceil((bin * order.length) / BINS), Math.ceil(((bin + 1) * order.length) / BINS)),
  ).filter((rows) => rows.length > 0);
  const mean = (rows: readonly number[], of: ArrayLike<number>) =>
    rows.reduce((sum, i) => sum + of[i]!, 0) / rows.length;
  return { x: tenths.map((rows) => mean(rows, p)), y: tenths.map((rows) => mean(rows, y)) };
}

/** Share of churners who were warned of at least so many days before. `leads`: of each churner, `null`: not warned of in time. */
export function leadCurve(leads: readonly (number | null)[], horizonDays: number): Curve {
  const x = SHARES.map((share) => share * horizonDays);
  return { x, y: x.map((days) => leads.filter((lead) => lead !== null && lead >= days).length / leads.length) };
}
