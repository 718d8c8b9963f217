// From histories to what methods are fitted on, or a sentence that says why that cannot be.
import { type History } from './history.js';
import { type ChurnTask } from './models/churn-model.js';
import { type AtRisk, atRiskAt, type Definition } from './population.js';
import { type Rows, rowsOf } from './rows.js';
import { type Split } from './split.js';
import { otherTypes } from './tabular-features.js';
import { FEWEST_CUSTOMERS, TooFew } from './too-few.js';

const FEWEST_OF_A_CLASS = 5;

/** The rows of training and validation. Throws {@link TooFew}, also when all are of one class. */
export function churnTask(histories: readonly History[], definition: Definition, split: Split): ChurnTask {
  const { horizonDays, activeDays, minPurchases } = definition;
  const scheme = { horizonDays, types: otherTypes(histories, split.trainUntil) };
  const rows = (name: string, cutoffs: readonly number[]): Rows => {
    const population = atRiskAtAny(histories, cutoffs, definition);
    refuseUseless(name, population);
    return rowsOf(population, scheme);
  };
  return {
    ...{ horizonDays, activeDays, ...(minPurchases !== undefined && { minPurchases }) },
    histories,
    split,
    scheme,
    training: rows('training', split.cutoffs),
    validation: rows('validation', [split.validation]),
  };
}

/** True when {@link churnTask} would throw. */
export const isTooSmall = (histories: readonly History[], definition: Definition, split: Split): boolean =>
  [split.cutoffs, [split.validation]].some(
    (cutoffs) => whyUseless('', atRiskAtAny(histories, cutoffs, definition)) !== null,
  );

/** The rows of a test cut-off. Throws `RangeError` when nothing can be told from them. */
export function testRows({ histories, scheme, ...definition }: ChurnTask, at: number): Rows {
  const population = atRiskAt(histories, at, definition);
  refuseUseless(`the test at ${new Date(at).toISOString().slice(0, 10)}`, population);
  return rowsOf(population, scheme);
}

const atRiskAtAny = (histories: readonly History[], cutoffs: readonly number[], definition: Definition): AtRisk[] =>
  cutoffs.flatMap((cutoff) => atRiskAt(histories, cutoff, definition));

function refuseUseless(name: string, population: readonly AtRisk[]): void {
  const reason = whyUseless(name, population);
  if (reason !== null) throw new TooFew(reason);
}

function whyUseless(name: string, population: readonly AtRisk[]): string | null {
  const customers = new Set(population.map(({ history }) => history)).size;
  if (customers < FEWEST_CUSTOMERS)
    return (
      `There are ${customers} customers at risk for ${name}; at least ${FEWEST_CUSTOMERS} are needed. ` +
      'Import more history, or choose other cut-offs or a longer active period.'
    );
  const churned = population.filter((one) => one.churned).length;
  if (Math.min(churned, population.length - churned) >= FEWEST_OF_A_CLASS) return null;
  const times = population.length > customers ? ' (one counts at each cut-off)' : '';
  return (
    `Of the ${population.length} customers at risk for ${name}${times} ${churned} churned; at least ${FEWEST_OF_A_CLASS} must have, ` +
    `and at least ${FEWEST_OF_A_CLASS} not. Choose a ${churned < FEWEST_OF_A_CLASS ? 'shorter' : 'longer'} --horizon-days.`
  );
}
