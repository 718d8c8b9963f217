// Two ways, crossing by crossing. Two crossings are the same one when they lead the same customer into the same tier in the same silence.
import { DAY, type Millis, type Tier } from '@holdfast/schemas';

import { type Crossed } from './course.js';

/** A crossing of either way, or of both. */
export interface Difference {
  readonly customer: string;
  readonly tier: Tier;
  /** null: not this way. */
  readonly was: Millis | null;
  readonly whatIf: Millis | null;
}

/** All crossings, in order of when they were first; those at the same instant among them. */
export function differencesOf(was: readonly Crossed[], whatIf: readonly Crossed[]): Difference[] {
  const found = new Map<string, Difference>();
  for (const [way, crossed] of [
    ['was', was],
    ['whatIf', whatIf],
  ] as const)
    // prettier-ignore
    for (const { customer, tier, since, at } of crossed) {
      const key = `${tier}/${since}/${customer}`;
      const known = found.get(key) ?? { customer, tier, was: null, whatIf: null };
      // Into one tier twice in a silence: by a notice that changed the curve. The first time counts.
      if (known[way] === null) found.set(key, { ...known, [way]: at });
    }
  const first = ({ was: a, whatIf: b }: Difference) => Math.min(a ?? Infinity, b ?? Infinity);
  return [...found.values()].sort((a, b) => first(a) - first(b));
}

/** How many of them are what, and by how much. */
export interface Shift {
  readonly same: number;
  readonly sooner: number;
  /** Of those, days; NaN: there is none. */
  readonly medianSoonerDays: number;
  readonly later: number;
  readonly medianLaterDays: number;
  readonly gone: number;
  readonly added: number;
}

export function shiftOf(differences: readonly Difference[]): Shift {
  const both = differences.flatMap(({ was, whatIf }) =>
    was === null || whatIf === null ? [] : [(was - whatIf) / DAY],
  );
  const sooner = both.filter((days) => days > 0);
  const later = both.filter((days) => days < 0).map((days) => -days);
  return {
    same: both.length - sooner.length - later.length,
    sooner: sooner.length,
    medianSoonerDays: median(sooner),
    later: later.length,
    medianLaterDays: median(later),
    gone: differences.filter(({ whatIf }) => whatIf === null).length,
    added: differences.filter(({ was }) => was === null).length,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
