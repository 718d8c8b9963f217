// Makes fits in several threads. What is done is told at once, so that it can be kept.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { type FitRequest, type FitResult } from './fit-result.js';
import { type EvaluateOptions } from './options.js';

type Answer = { readonly result: FitResult } | { readonly error: string };

interface FitAllOptions {
  readonly signal: AbortSignal;
  /** A fit begins or is done. */
  onBegin(request: FitRequest): void;
  onDone(result: FitResult): Promise<void>;
}

/** Resolves when all are done, or `signal` is aborted. Rejects with the first error of a fit. */
export async function fitAll(
  requests: readonly FitRequest[],
  options: EvaluateOptions,
  { signal, onBegin, onDone }: FitAllOptions,
): Promise<void> {
  const waiting = [...requests];
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const work = async () => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: options });
    try {
      for (let request = waiting.shift(); request; request = waiting.shift()) {
        onBegin(request);
        worker.postMessage(request);
        await onDone(await answerOf(worker, stop));
      }
    } catch (error) {
      failed.abort();
      if (!signal.aborted) throw error;
    } finally {
      await worker.terminate();
    }
  };
  const results = await Promise.allSettled(
    Array.from({ length: Math.min(options.workers, requests.length) }, () => work()),
  );
  // The others ended because of the first.
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const first = errors.find((error) => error.name !== 'AbortError') ?? errors[0];
  if (first) throw first;
}

async function answerOf(worker: Worker, signal: AbortSignal): Promise<FitResult> {
  const [answer] = (await once(worker, 'message', { signal })) as [Answer];
  if ('error' in answer) throw new Error(answer.error);
  return answer.result;
}
