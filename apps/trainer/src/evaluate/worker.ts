// A thread that makes fits: it lays out the rows once, then answers one request after the other.
import { parentPort, workerData } from 'node:worker_threads';

import { type FittedModel, logitsOnGrids, MODELS } from '@holdfast/training';

import { startBackend } from '../backend.js';
import { readTrainerSettings } from '../settings.js';
import { checkedLogits } from './checked-logits.js';
import { type FitRequest, type FitResult } from './fit-result.js';
import { type EvaluateOptions } from './options.js';
import { prepareTask } from './prepare-task.js';

const port = parentPort!;
const modelOf = (key: string) => MODELS.find((one) => one.key === key)!;
await startBackend(readTrainerSettings().TRAINER_BACKEND);
const { task, tests } = await prepareTask(workerData as EvaluateOptions);

async function fit({ key, seed }: FitRequest): Promise<FitResult> {
  const model = modelOf(key);
  const started = performance.now();
  const fitted = await model.fit(task, seed);
  const scored = performance.now();
  const scores = tests.map((rows) => checkedLogits(fitted.logits(rows), rows.y.length));
  const rows = scores.reduce((sum, { length }) => sum + length, 0);
  return {
    key,
    seed,
    chosen: fitted.chosen,
    seconds: (scored - started) / 1_000,
    scoreMicros: ((performance.now() - scored) * 1_000) / rows,
    validation: checkedLogits(fitted.logits(task.validation), task.validation.y.length),
    tests: scores,
    calibration: fitted.calibration ?? null,
    grids: seed === 0 ? onGrids(fitted) : null,
    freshness: seed === 0 ? (fitted.freshness?.() ?? null) : null,
  };
}

/** At every moment that warnings are told from. */
function onGrids(fitted: FittedModel): Float64Array {
  const logits = logitsOnGrids(fitted, task);
  return checkedLogits(logits, logits.length);
}

/** What is no sentence of ours is told with its place. */
const sentenceOf = (error: Error): string =>
  error instanceof TypeError || error instanceof ReferenceError
    ? `${error.stack?.split('\n').slice(0, 2).join(' ') ?? error.message}`
    : error.message;

port.on('message', (request: FitRequest) => {
  fit(request).then(
    (result) => port.postMessage({ result }),
    (error: unknown) => port.postMessage({ error: `${modelOf(request.key).name}: ${sentenceOf(error as Error)}` }),
  );
});
