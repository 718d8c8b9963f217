// How far time has come in a stage, as its own metrics tell.
import { type Millis } from '@holdfast/schemas';

/** The earliest time of all partitions; 0 while the service does not answer, or one of them has not told a time yet. */
export async function streamTime(url: string, stage: string, partitions: number): Promise<Millis> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
  if (!response?.ok) return 0;
  const text = await response.text().catch(() => '');
  const lines = text.split('\n').filter((line) => line.startsWith('holdfast_stream_time_seconds{'));
  const own = lines.filter((line) => line.includes(`stage="${stage}"`));
  if (own.length < partitions) return 0;
  return Math.min(...own.map((line) => Math.round(Number(line.slice(line.lastIndexOf(' ') + 1)) * 1_000)));
}
