// A thread that makes fits: it lays out the rows once, then answers one request after the other.
import { parentPort, workerData } from 'node:worker_threads';

import { logitsOnGrids, MODELS } from '@holdfast/training';

import { startBackend } from '../backend.js';
import { readTrainerSettings } from '../settings.js';
import { type FitRequest, type FitResult } from './fit-result.js';
import { type EvaluateOptions } from './options.js';
import { prepareTask } from './prepare-task.js';

const port = parentPort!;
await startBackend(readTrainerSettings().TRAINER_BACKEND);
const { task, tests } = await prepareTask(workerData as EvaluateOptions);

async function fit({ key, seed }: FitRequest): Promise<FitResult> {
  const model = MODELS.find((one) => one.key === key)!;
  const started = performance.now();
  const fitted = await model.fit(task, seed);
  const scored = performance.now();
  const scores = tests.map((rows) => fitted.logits(rows));
  const rows = scores.reduce((sum, { length }) => sum + length, 0);
  return {
    key,
    seed,
    chosen: fitted.chosen,
    seconds: (scored - started) / 1_000,
    scoreMicros: ((performance.now() - scored) * 1_000) / rows,
    validation: fitted.logits(task.validation),
    tests: scores,
    calibration: fitted.calibration ?? null,
    grids: seed === 0 ? logitsOnGrids(fitted, task) : null,
    freshness: seed === 0 ? (fitted.freshness?.() ?? null) : null,
  };
}

port.on('message', (request: FitRequest) => {
  fit(request).then(
    (result) => port.postMessage({ result }),
    (error: unknown) => port.postMessage({ error: (error as Error).message }),
  );
});
