// Reads what the command line names: the shop's own log, or a data set.
import { openDataset } from '@holdfast/datasets';

import { logEvents, openLog } from './log-events.js';
import { type ReadHistory, readHistory } from './read-history.js';

/** What to read. */
export interface DataOptions {
  /** `log`, or a name, file or folder of `openDataset`. */
  readonly data: string;
  readonly layout: string | undefined;
  /** Of the embedded log. */
  readonly dataDir: string;
}

/** `layout`: of a data set. Throws an `Error` with a plain sentence when there is nothing to read. */
export async function readData(
  { data, layout, dataDir }: DataOptions,
  kafkaBrokers: string,
): Promise<{ read: ReadHistory; layout: string | null }> {
  if (data !== 'log') {
    const dataset = await openDataset(data, layout);
    return { read: await readHistory(data, dataset.events()), layout: dataset.layout };
  }
  const broker = await openLog({ kafkaBrokers, dataDir });
  try {
    return { read: await readHistory('log', logEvents(broker)), layout: null };
  } finally {
    await broker.close();
  }
}
