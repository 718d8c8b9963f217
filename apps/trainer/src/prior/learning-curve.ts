// The learning curve: each shop in turn is the new one, and the prior comes from the others.
import { readFile, rename, writeFile } from 'node:fs/promises';

import { FEATURE_SET_HASH } from '@holdfast/features';
import { LEARNERS, type LearntFigures, sampleOf, testOn } from '@holdfast/training';

import { type PriorOptions } from './options.js';
import { look, type PriorContext, priorFrom, steeredBy } from './prior-from.js';
import { readShop, readShopPlans, type ShopPlan } from './shops.js';

/** One way to serve one shop with so many customers of one draw. */
export interface CurveRow {
  readonly shop: string;
  readonly customers: number;
  readonly draw: number;
  readonly learner: string;
  /** By test cut-off; null: too few customers for it. */
  readonly tests: readonly LearntFigures[] | null;
}

/** To be raised when what a learner does changes: earlier rows are of another one then. */
const METHOD = 1;

type Row = Omit<CurveRow, 'tests'>;
const isSame = (a: Row, b: Row) =>
  a.shop === b.shop && a.customers === b.customers && a.draw === b.draw && a.learner === b.learner;

/** Throws `Interrupted`; with a file what is done is kept. */
export async function learningCurve(options: PriorOptions, { signal, say }: PriorContext): Promise<CurveRow[]> {
  const { sizes, draws, seed } = options;
  const plans = await readShopPlans(options.shops);
  if (plans.length < 2)
    throw new Error('A learning curve needs at least two shops: the prior of one comes from the others.');
  const rows = await earlier(options, plans);
  for (const plan of plans) {
    const wanted = sizes.flatMap((customers) =>
      Array.from({ length: draws }, (_, draw) =>
        LEARNERS.map(({ key }): Row => ({ shop: plan.name, customers, draw, learner: key })),
      ).flat(),
    );
    const left = wanted.filter((row) => !rows.some((done) => isSame(done, row)));
    if (left.length === 0) continue;
    const others = plans.filter((other) => other !== plan);
    const { artifact: prior } = await priorFrom(others, options, { signal, say });
    say(`${plan.name}: reading …`);
    const { task } = await readShop(plan);
    let drawn: { readonly of: Row; readonly sample: ReturnType<typeof sampleOf> } | undefined;
    for (const row of left) {
      await look(signal);
      const learner = LEARNERS.find(({ key }) => key === row.learner)!;
      if (drawn?.of.customers !== row.customers || drawn.of.draw !== row.draw)
        drawn = { of: row, sample: sampleOf(task, row.customers, seed + row.draw) };
      const { sample } = drawn;
      const judge = sample && (await learner.learn(sample, prior, { seed, ...steeredBy(signal) }));
      const tests = judge && testOn(task, judge);
      rows.push({ ...row, tests });
      await keep(rows, options, plans);
      say(
        `${plan.name}, ${row.customers} customers, draw ${row.draw + 1} of ${draws}, ${learner.name}: ` +
          (tests ? tests.map(({ auc, logloss }) => `${auc.toFixed(4)} / ${logloss.toFixed(4)}`).join(', ') : 'too few'),
      );
    }
  }
  return rows;
}

/** Whatever a row depends on. */
const madeOf = ({ customers, seed, epochs, teacher }: PriorOptions, plans: readonly ShopPlan[]) => ({
  ...{ customers, seed, epochs, teacher },
  features: FEATURE_SET_HASH,
  method: METHOD,
  shops: plans.map(({ data: _, ...plan }) => plan),
});

/** Rows of an earlier run. Throws an `Error` with a plain sentence where the file holds something else. */
async function earlier(options: PriorOptions, plans: readonly ShopPlan[]): Promise<CurveRow[]> {
  const { json } = options;
  const text = json === null ? '' : await readFile(json, 'utf8').catch(() => '');
  if (text === '') return [];
  try {
    const { made, rows } = JSON.parse(text) as { made: unknown; rows: CurveRow[] };
    if (JSON.stringify(made) === JSON.stringify(madeOf(options, plans))) return rows;
  } catch {
    // no JSON
  }
  throw new Error(`${json} does not hold the beginning of this curve: name another file, or remove it.`);
}

async function keep(rows: readonly CurveRow[], options: PriorOptions, plans: readonly ShopPlan[]): Promise<void> {
  if (options.json === null) return;
  await writeFile(`${options.json}.tmp`, `${JSON.stringify({ made: madeOf(options, plans), rows }, null, 2)}\n`);
  await rename(`${options.json}.tmp`, options.json);
}
