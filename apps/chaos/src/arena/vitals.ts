// What a process says of itself: how much memory it holds, how many descriptors and timers, how many partitions.
import { type Replica } from './replica.js';

export interface Vitals {
  readonly residentBytes: number;
  /** Open files and sockets. */
  readonly descriptors: number;
  /** That keep the process alive. */
  readonly timers: number;
}

/** Rejects when it does not answer. */
export async function vitalsOf(replica: Replica): Promise<Vitals> {
  const text = await metricsOf(replica);
  return {
    residentBytes: gauge(text, 'process_resident_memory_bytes'),
    descriptors: gauge(text, 'process_open_fds'),
    timers: gauge(text, 'nodejs_active_resources', 'type="Timeout"'),
  };
}

/** How many partitions it works on. Rejects when it does not answer. */
export const partitionsOf = async (replica: Replica): Promise<number> =>
  gauge(await metricsOf(replica), 'holdfast_stream_partitions_owned');

async function metricsOf({ url }: Replica): Promise<string> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
  return response.text();
}

/** Of the first line with this name and, where it has several, this label; 0: there is none. */
function gauge(text: string, name: string, label = ''): number {
  const line = text.split('\n').find((each) => /^[^ {]*/.exec(each)![0] === name && each.includes(label));
  return Number(line?.slice(line.lastIndexOf(' ') + 1) ?? 0);
}
