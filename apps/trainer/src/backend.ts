// Which engine does the arithmetic of training. WASM comes along and gives the same bits on every machine; native TensorFlow is used
// where somebody has installed it. One thread, so that sums are added in one order.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

import { type TrainerSettings } from './settings.js';

/** Starts the backend. Throws an `Error` with a plain sentence when it is not there. */
export async function startBackend(wanted: TrainerSettings['TRAINER_BACKEND']): Promise<void> {
  tf.enableProdMode(); // no advice about other backends
  if (wanted === 'wasm') {
    setWasmPaths(join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')), '/'));
    setThreadsCount(1);
  } else if (wanted === 'tensorflow') {
    const name = '@tensorflow/tfjs-node';
    await import(name).catch(() => {
      throw new Error('TRAINER_BACKEND=tensorflow needs @tensorflow/tfjs-node: install it, or unset TRAINER_BACKEND.');
    });
  }
  if (await tf.setBackend(wanted)) return;
  throw new Error(
    `The TensorFlow.js backend ${wanted} did not start: use Node 20.19 or newer, or TRAINER_BACKEND=cpu.`,
  );
}
