// A look takes minutes of arithmetic in a large shop: in a thread of its own, so that the service answers meanwhile.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { TooSoon } from '@holdfast/training';

import { type Round } from './look-after.js';
import { type UpkeepOptions } from './options.js';

/** Where it looks; `dataDir`: unless KAFKA_BROKERS is set. */
export type ThreadPlace = Pick<UpkeepOptions, 'dataDir' | 'models' | 'act' | 'isShared'>;

/** What the thread says: lines for people, and how it ended. */
export type Told =
  { readonly line: string } | { readonly round: Round } | { readonly tooSoon: string } | { readonly fault: string };

/** Rejects with {@link TooSoon}, with an `Error` with a plain sentence, or when `signal` ends the thread. */
export async function lookInThread(
  place: ThreadPlace,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Round> {
  const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: place });
  const ends: Exclude<Told, { readonly line: string }>[] = [];
  worker.on('message', (told: Told) => {
    if ('line' in told) say(told.line);
    else ends.push(told);
  });
  try {
    await once(worker, 'exit', { signal });
  } finally {
    await worker.terminate();
  }
  const end = ends[0] ?? { fault: 'The look at the model ended without a word.' };
  if ('round' in end) return end.round;
  throw 'tooSoon' in end ? new TooSoon(end.tooSoon) : new Error(end.fault);
}
