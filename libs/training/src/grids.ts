// The moments at which earliness is told from, and what a method says at all of them.
import { sigmoid } from '@holdfast/model';
import { type Millis } from '@holdfast/schemas';

import { gridFrom, gridUntil, type Slice } from './earliness.js';
import { type ChurnTask, type FittedModel } from './models/churn-model.js';
import { type AtRisk, atRiskAt } from './population.js';
import { rowsOf } from './rows.js';

/** Moments before validation, and from each test cut-off on. */
interface Grids {
  readonly validation: readonly Millis[];
  readonly tests: readonly (readonly Millis[])[];
}

const gridsOf = ({ split, horizonDays }: Pick<ChurnTask, 'split' | 'horizonDays'>): Grids => ({
  validation: gridUntil(split.validation, horizonDays),
  tests: split.tests.map((at) => gridFrom(at, horizonDays)),
});

/** Everybody at risk at one moment. */
export interface Crowd {
  readonly at: Millis;
  readonly population: readonly AtRisk[];
}

/** The same with who is at risk. */
export interface CrowdGrids {
  readonly validation: readonly Crowd[];
  readonly tests: readonly (readonly Crowd[])[];
}

export function crowdsOf(task: ChurnTask): CrowdGrids {
  const { validation, tests } = gridsOf(task);
  const crowdAt = (at: Millis): Crowd => ({ at, population: atRiskAt(task.histories, at, task) });
  return { validation: validation.map(crowdAt), tests: tests.map((grid) => grid.map(crowdAt)) };
}

/** Raw logits of everybody at risk at each moment of all grids, one moment after the other: rows are laid out a moment at a time. */
export function logitsOnGrids(fitted: FittedModel, task: ChurnTask): Float64Array {
  const { validation, tests } = gridsOf(task);
  const logits = [...validation, ...tests.flat()].map((at) => {
    const population = atRiskAt(task.histories, at, task);
    return population.length === 0 ? new Float64Array() : fitted.logits(rowsOf(population, task.scheme));
  });
  const all = new Float64Array(logits.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  for (const each of logits) {
    all.set(each, next);
    next += each.length;
  }
  return all;
}

/** The same by grid, as risks. */
export function slicesOf(
  logits: Float64Array,
  { validation, tests }: CrowdGrids,
): { readonly validation: readonly Slice[]; readonly tests: readonly (readonly Slice[])[] } {
  let next = 0;
  const slice = ({ at, population }: Crowd): Slice => {
    const p = logits.subarray(next, next + population.length).map(sigmoid);
    next += population.length;
    return { at, population, p };
  };
  return { validation: validation.map(slice), tests: tests.map((grid) => grid.map(slice)) };
}
