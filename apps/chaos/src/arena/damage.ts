// Reads every partition of a log as far as it goes, beside what it held before it was damaged.
import { setTimeout } from 'node:timers/promises';
import { crc32 } from 'node:zlib';

import { type Broker, PermanentError } from '@holdfast/broker';
import { TOPICS } from '@holdfast/schemas';

import { type FlippedByte } from './flipped-byte.js';

/** A partition that ends before it should must say why within this, ms. */
const SILENCE_MS = 2_000;

/** What was read of a partition: after each record a checksum of all so far; and why no more, where it refused. */
interface Reading {
  readonly sums: readonly number[];
  readonly damage: PermanentError | null;
}

/** By `topic/partition`. */
export type Readings = ReadonlyMap<string, Reading>;

/** `expected`: how many records there should be; default: as many as the log says. */
export async function readAll(broker: Broker, expected?: Readings): Promise<Readings> {
  const readings = new Map<string, Reading>();
  for (const { name } of TOPICS)
    for (const [partition, { end }] of (await broker.bounds(name)).entries()) {
      const place = `${name}/${partition}`;
      readings.set(place, await readOne(broker, [name, partition], expected?.get(place)?.sums.length ?? end));
    }
  return readings;
}

async function readOne(broker: Broker, [topic, partition]: [string, number], end: number): Promise<Reading> {
  const sums: number[] = [];
  const stream = broker.open(topic, partition, 0);
  try {
    for (let sum = 0; sums.length < end;) {
      const silence = setTimeout(SILENCE_MS, []);
      const records = await Promise.race([stream.next(), silence]);
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
