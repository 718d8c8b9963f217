// What a process says of itself: how much it holds, and how many partitions it works on.
import { type Replica } from './replica.js';

export interface Vitals {
  readonly residentBytes: number;
  /** What the program still holds: grows where it leaks; resident memory alone may also be what the allocator keeps. */
  readonly liveBytes: number;
  /** Open files and sockets. */
  readonly descriptors: number;
  /** That keep the process alive. */
  readonly timers: number;
}

/** Rejects when it does not answer. */
export const residentBytesOf = async (replica: Replica): Promise<number> =>
  gauge(await metricsOf(replica), 'process_resident_memory_bytes');

/** How many partitions it works on. Rejects when it does not answer. */
export const partitionsOf = async (replica: Replica): Promise<number> =>
  gauge(await metricsOf(replica), 'holdfast_stream_partitions_owned');

async function metricsOf({ url }: Replica): Promise<string> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
  return response.text();
}

/** Of the first line with this name; 0: there is none. */
function gauge(text: string, name: string): number {
  const line = text.split('\n').find((each) => /^[^ {]*/.exec(each)![0] === name);
  return Number(line?.slice(line.lastIndexOf(' ') + 1) ?? 0);
}
