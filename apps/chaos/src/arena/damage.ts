// Reads every partition of a log as far as it goes, and holds that against what it held before a byte was flipped.
import { setTimeout } from 'node:timers/promises';
import { crc32 } from 'node:zlib';

import { type Broker, openEmbeddedBroker, PermanentError, type RecordStream } from '@holdfast/broker';
import { TOPICS } from '@holdfast/schemas';

import { flip, type FlippedByte } from './flipped-byte.js';

/** A partition that ends before it should must say why within this, ms. */
const SILENCE_MS = 2_000;

/** What was read of a partition: after each record a checksum of all so far; and why no more, where it refused. */
interface Reading {
  readonly sums: readonly number[];
  readonly damage: PermanentError | null;
}

/** By `topic/partition`. */
export type Readings = ReadonlyMap<string, Reading>;

/** Reads a whole log. `ends`: how many records there are in a partition; default: as many as the log says. */
export async function readAll(broker: Broker, ends?: (place: string) => number): Promise<Readings> {
  const readings = new Map<string, Reading>();
  for (const { name } of TOPICS)
    for (const [partition, { end }] of (await broker.bounds(name)).entries()) {
      const place = `${name}/${partition}`;
      readings.set(place, await readOne(broker.open(name, partition, 0), ends?.(place) ?? end));
    }
  return readings;
}

/** The same while a byte is flipped. */
export async function readDamaged(log: string, byte: FlippedByte, before: Readings): Promise<Readings> {
  await flip(byte);
  try {
    const broker = await openEmbeddedBroker({ directory: log, log: () => undefined });
    return await readAll(broker, (place) => before.get(place)!.sums.length).finally(() => broker.close());
  } finally {
    await flip(byte);
  }
}

async function readOne(stream: RecordStream, end: number): Promise<Reading> {
  const sums: number[] = [];
  try {
    for (let sum = 0; sums.length < end;) {
      const heard = new AbortController();
      const silence = setTimeout(SILENCE_MS, [], { signal: heard.signal });
      const records = await Promise.race([stream.next(), silence]).finally(() => heard.abort());
      if (records.length === 0) break;
      for (const { key, value, headers, at, offset } of records) {
        sum = crc32(value, crc32(JSON.stringify([key, headers, at, offset]), sum));
        sums.push(sum);
      }
    }
    return { sums, damage: null };
  } catch (error) {
    if (error instanceof PermanentError && error.code === 'corrupt-log') return { sums, damage: error };
    throw error;
  } finally {
    await stream.close();
  }
}

/** What is wrong with how a log with a flipped byte was read: one sentence each. */
export function judge(flipped: FlippedByte, found: Readings, before: Readings): string[] {
  const { file, position, frame, isInHeader } = flipped;
  const faults: string[] = [];
  let stopped = 0;
  for (const [place, { sums, damage }] of found) {
    const whole = before.get(place)!.sums;
    if (sums.at(-1) !== whole[sums.length - 1]) faults.push(`${place} was read, but not as it had been written.`);
    if (damage === null) {
      if (sums.length < whole.length) faults.push(`${place} ended at offset ${sums.length} without a word.`);
      continue;
    }
    stopped += 1;
    const [topic, partition] = place.split('/');
    const name = `Partition ${partition} of ${topic} is damaged from offset ${sums.length} on: `;
    const where = `the bytes at position ${frame} of ${file} `;
    if (!damage.message.startsWith(`${name}${where}`)) faults.push(`It was said of ${place}: ${damage.message}`);
  }
  // A header tells whose the records are: without it every partition may stop that nothing shows to be whole.
  if (isInHeader ? stopped === 0 : stopped !== 1) faults.push(`${stopped} partitions stopped.`);
  return faults.map((fault) => `Byte ${position} of ${file} was flipped: ${fault}`);
}
