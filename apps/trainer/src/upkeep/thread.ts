// A thread that looks once: opens log and database, looks, does what it may, and closes them.
import { parentPort, workerData } from 'node:worker_threads';

import { Closing, plainMessage } from '@holdfast/service';
import { TooSoon } from '@holdfast/training';

import { openDesk } from '../releases/desk.js';
import { readShelf } from '../releases/shelf.js';
import { lookAfter } from './look-after.js';
import { type Told, type ThreadPlace } from './look-in-thread.js';

const tell = (told: Told): void => parentPort!.postMessage(told);
const { dataDir, models, act, isShared } = workerData as ThreadPlace;
const closing = new Closing();
try {
  const shelf = await readShelf(models);
  const place = await openDesk('upkeep', dataDir, models, closing);
  const say = (line: string) => tell({ line });
  tell({ round: await lookAfter({ data: 'log', layout: undefined, models, act, isShared }, { ...place, shelf, say }) });
} catch (error) {
  tell(error instanceof TooSoon ? { tooSoon: error.message } : { fault: plainMessage(error) });
} finally {
  await closing.run();
}
