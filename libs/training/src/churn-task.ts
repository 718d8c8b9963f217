// From histories to what methods are fitted on, or a sentence that says why that cannot be.
import { type History } from './history.js';
import { type ChurnTask } from './models/churn-model.js';
import { type AtRisk, atRiskAt, type Definition } from './population.js';
import { type Rows, rowsOf } from './rows.js';
import { type Split } from './split.js';
import { otherTypes } from './tabular-features.js';

/** Fewer rows teach nothing, and prove nothing. */
const FEWEST = 20;
const FEWEST_OF_A_CLASS = 5;

/** The rows of training and validation. Throws `RangeError` when they are too few, or all of one class. */
export function churnTask(histories: readonly History[], definition: Definition, split: Split): ChurnTask {
  const scheme = { horizonDays: definition.horizonDays, types: otherTypes(histories, split.trainUntil) };
  const at = (cutoffs: readonly number[]) => cutoffs.flatMap((cutoff) => atRiskAt(histories, cutoff, definition));
  const rows = (name: string, cutoffs: readonly number[]): Rows => {
    const population = at(cutoffs);
    refuseUseless(name, population);
    return rowsOf(population, scheme);
  };
  return {
    ...definition,
    histories,
    split,
    scheme,
    training: rows('training', split.cutoffs),
    validation: rows('validation', [split.validation]),
  };
}

/** The rows of a test cut-off. Throws `RangeError` when nothing can be told from them. */
export function testRows({ histories, scheme, ...definition }: ChurnTask, at: number): Rows {
  const population = atRiskAt(histories, at, definition);
  refuseUseless(`the test at ${new Date(at).toISOString().slice(0, 10)}`, population);
  return rowsOf(population, scheme);
}

function refuseUseless(name: string, population: readonly AtRisk[]): void {
  if (population.length < FEWEST) {
    throw new RangeError(
      `There are ${population.length} customers at risk for ${name}; at least ${FEWEST} are needed. ` +
        'Import more history, choose other cut-offs, or a longer --active-days.',
    );
  }
  const churned = population.filter((one) => one.churned).length;
  if (Math.min(churned, population.length - churned) >= FEWEST_OF_A_CLASS) return;
  throw new RangeError(
    `Of the ${population.length} customers at risk for ${name} ${churned} churned; at least ${FEWEST_OF_A_CLASS} must have, and at least ` +
      `${FEWEST_OF_A_CLASS} not. Choose a ${churned < FEWEST_OF_A_CLASS ? 'shorter' : 'longer'} --horizon-days.`,
  );
}
