// What a person reads of a learning curve.
import { LEARNERS, type LearntFigures, mean } from '@holdfast/training';

import { aligned } from '../aligned.js';
import { type CurveRow } from './learning-curve.js';

/** Mean over test cut-offs, and over draws with the standard error among them. */
function cell(rows: readonly CurveRow[], of: (figures: LearntFigures) => number): string {
  const draws = rows.flatMap(({ tests }) => (tests ? [mean(tests.map(of))] : []));
  if (draws.length === 0) return '–';
  const middle = mean(draws);
  const deviation = Math.sqrt(
    mean(draws.map((draw) => (draw - middle) ** 2)) * (draws.length / Math.max(1, draws.length - 1)),
  );
  const few = draws.length < rows.length ? ` (${draws.length} of ${rows.length})` : '';
  return `${middle.toFixed(4)}${draws.length > 1 ? ` ± ${(deviation / Math.sqrt(draws.length)).toFixed(4)}` : ''}${few}`;
}

/** One table a shop and figure: a line a way to serve it, a column a number of customers. */
export function curveText(rows: readonly CurveRow[]): string {
  const shops = [...new Set(rows.map(({ shop }) => shop))];
  const sizes = [...new Set(rows.map(({ customers }) => customers))].sort((a, b) => a - b);
  return shops
    .flatMap((shop) =>
      (['auc', 'logloss'] as const).flatMap((figure) => [
        '',
        `${shop}, ${figure === 'auc' ? 'AUC' : 'log-loss'} on later customers (mean over draws ± standard error), by customers whose outcome is known`,
        ...aligned([
          ['', ...sizes.map(String)],
          ...LEARNERS.map(({ key, name }) => [
            name,
            ...sizes.map((size) =>
              cell(
                rows.filter((row) => row.shop === shop && row.customers === size && row.learner === key),
                (figures) => figures[figure],
              ),
            ),
          ]),
        ]),
      ]),
    )
    .concat(
      '',
      'Every draw is tested on the same customers: ± says how much the draw matters, not how sure the figure is.',
    )
    .join('\n');
}
