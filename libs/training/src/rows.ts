// Customers at risk as rows of numbers, which every tabular method sees.
import { type Matrix, signedLogs } from './matrix.js';
import { type AtRisk } from './population.js';
import { tabularAt, tabularNames, type TabularScheme } from './tabular-features.js';

/** Some customers at risk, each at a moment of their own. */
export interface Rows {
  readonly population: readonly AtRisk[];
  /** Tabular features as of the moment: trees take them as they are. */
  readonly x: Matrix; // [n, features]
  /** The same as sign(x) · log(1 + |x|): linear methods take these. */
  readonly logs: Matrix; // [n, features]
  /** 1: churned. */
  readonly y: Uint8Array; // [n]
}

/** The rows of a population, in its order. */
export function rowsOf(population: readonly AtRisk[], scheme: TabularScheme): Rows {
  const columns = tabularNames(scheme).length;
  const values = new Float32Array(population.length * columns);
  population.forEach((one, i) => tabularAt(one, scheme, values, i * columns));
  const x = { values, columns };
  return { population, x, logs: signedLogs(x), y: Uint8Array.from(population, (one) => Number(one.churned)) };
}
