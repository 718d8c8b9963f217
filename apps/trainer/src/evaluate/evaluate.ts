// One evaluation, from the command line to the table.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { compare, type Comparison, MODELS } from '@holdfast/training';

import { earlyByMethod } from './early.js';
import { REPOSITORY } from '../places.js';
import { readTrainerSettings } from '../settings.js';
import { fitAll } from './fit-all.js';
import { type FitRequest } from './fit-result.js';
import { KeptFits } from './kept-fits.js';
import { passedOverText } from '../read-history.js';
import { type EvaluateOptions } from './options.js';
import { htmlReport } from './report/html-report.js';
import { type PreparedTask, prepareTask } from './prepare-task.js';
import { cutoffName, earlyTableOf, resultsFile, knowsTooMuch, tableOf } from './results.js';
import { calibrationsText, freshnessText, servedFigures } from './served-figures.js';
import { scoresAt } from './scores.js';

/** How an evaluation is steered and heard from. */
export interface EvaluateContext {
  /** Aborted: leave; what is done is kept. */
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** Evaluates; resolves to false when it was interrupted. */
export async function evaluate(options: EvaluateOptions, { signal, say }: EvaluateContext): Promise<boolean> {
  say(`Reading ${options.data} …`);
  const prepared = await prepareTask(options);
  describe(prepared).forEach(say);
  const requests = requestsOf(options);
  const kept = options.json === null ? null : new KeptFits(options.json, await ingredientsOf(prepared));
  const isAsked = ({ key, seed }: FitRequest) => requests.some((one) => one.key === key && one.seed === seed);
  const fits = ((await kept?.read()) ?? []).filter(isAsked);
  if (fits.length > 0) say(`${fits.length} of ${requests.length} fits are there from an earlier run.`);
  const left = requests.filter(({ key, seed }) => !fits.some((fit) => fit.key === key && fit.seed === seed));
  await fitAll(left, options, {
    signal,
    onBegin: (request) => say(`${nameOf(request)} …`),
    async onDone(fit) {
      await kept?.keep(fit);
      fits.push(fit);
      say(`${nameOf(fit)}: ${fit.seconds.toFixed(1)} s, ${fits.length} of ${requests.length} fits done`);
    },
  });
  const interrupted = () => {
    say(kept ? 'Interrupted. The same command goes on where it was.' : 'Interrupted.');
    return false;
  };
  if (fits.length < requests.length) return interrupted();
  say('Comparing …');
  const { task, tests } = prepared;
  const scores = tests.map((_, i) => scoresAt(fits, { i, y: task.validation.y, models: options.models }));
  const comparisons: Comparison[] = [];
  for (const [i, test] of tests.entries()) {
    await setImmediate(); // lets Ctrl-C in
    if (signal.aborted) return interrupted();
    comparisons.push(compare({ validation: task.validation, test }, scores[i]!));
  }
  const early = earlyByMethod(fits, prepared, options.models);
  const served = servedFigures(fits, prepared);
  for (const [i, comparison] of comparisons.entries()) {
    const ofServed = served ? [freshnessText(served[i]!), calibrationsText(served[i]!)] : [];
    const tables = [tableOf(task.split.tests[i]!, comparison, fits), earlyTableOf(early, i), ...ofServed];
    for (const table of [...tables, ...knowsTooMuch(comparison)]) say(`\n${table}`);
  }
  say('');
  if (options.html !== null) {
    await writeWhole(options.html, htmlReport({ prepared, comparisons, scores, early, served }));
    say(`The curves are in ${options.html}.`);
  }
  if (options.json !== null) {
    const results = resultsFile(prepared, fits, { comparisons, early, served });
    await writeWhole(options.json, `${JSON.stringify(results, null, 1)}\n`);
    await kept?.forget(fits);
    say(`All figures are in ${options.json}.`);
  }
  return true;
}

function describe({ task, facts, target, tests, passedOver }: PreparedTask): string[] {
  const { split, training, validation, horizonDays } = task;
  return [
    `${facts.events} events of ${facts.customers} customers.`,
    ...passedOverText(passedOver),
    `Churn: no ${target} within ${horizonDays} days. ` +
      `${training.y.length} rows at ${split.cutoffs.length} cut-offs to train on, ` +
      `${validation.y.length} at ${cutoffName(split.validation)} to validate, ` +
      `${tests.map(({ y }, i) => `${y.length} at ${cutoffName(split.tests[i]!)}`).join(' and ')} to test.`,
  ];
}

const requestsOf = ({ models, seeds }: EvaluateOptions): FitRequest[] =>
  MODELS.filter(({ key }) => models.includes(key))
    .toReversed() // the long ones first, so that no worker waits for the last
    .flatMap(({ key, isSeeded }) => Array.from({ length: isSeeded ? seeds : 1 }, (_, seed) => ({ key, seed })));

/** Whatever makes a fit: a method that is changed is fitted again. */
const LIBS = ['schemas', 'features', 'model', 'risk', 'training'].map((name) => join(REPOSITORY, 'libs', name, 'dist'));

async function codeHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of LIBS)
    for (const file of (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js')).sort())
      hash.update(`${file}\n`).update(await readFile(join(folder, file)));
  return hash.digest('hex');
}

const ingredientsOf = async ({ task, facts, target }: PreparedTask): Promise<unknown> => {
  const { split, horizonDays, activeDays, minPurchases } = task;
  return {
    code: await codeHash(),
    backend: readTrainerSettings().TRAINER_BACKEND,
    data: facts.hash,
    target,
    split,
    horizonDays,
    activeDays,
    minPurchases,
  };
};

function nameOf({ key, seed }: FitRequest): string {
  const { name, isSeeded } = MODELS.find((model) => model.key === key)!;
  return isSeeded ? `${name}, seed ${seed}` : name;
}

async function writeWhole(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.tmp`, content);
  await rename(`${path}.tmp`, path);
}
