import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openEmbeddedBroker, PermanentError } from '@holdfast/broker';
import { TOPICS } from '@holdfast/schemas';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seeded } from '../load/random.js';
import { judge, readAll, readDamaged, type Readings } from './damage.js';
import { chooseByte, type FlippedByte } from './flipped-byte.js';
import { isCutOff, tearTail } from './torn-tail.js';

const PLACE = 'customer.risk/1';
const random = seeded(1);

let log: string;
let before: Readings;
beforeAll(async () => {
  log = await mkdtemp(join(tmpdir(), 'holdfast-damage-'));
  const broker = await openEmbeddedBroker({ directory: log });
  await broker.createTopics(TOPICS.map(({ name, retentionDays }) => ({ name, partitions: 2, retentionDays })));
  const producer = await broker.producer();
  for (let n = 0; n < 20; n++)
    for (const { name } of TOPICS)
      for (const partition of [0, 1])
        await producer.append(name, partition, [
          { key: 'main/k', value: Buffer.from(`value ${n}`), headers: {}, at: n },
        ]);
  before = await readAll(broker);
  await broker.close();
});
afterAll(() => rm(log, { recursive: true, force: true }));

/** What was read, with one partition as it should not be. */
const but = (found: Readings, change: (reading: { sums: readonly number[] }) => object): Readings =>
  new Map(
    [...found].map(([place, reading]) => [place, place === PLACE ? { ...reading, ...change(reading) } : reading]),
  );

describe('a log with a flipped byte', () => {
  it.each(['anywhere', 'header'] as const)('is read as far as it is whole, wherever the byte is: %s', async (where) => {
    for (let n = 0; n < 20; n++) {
      const byte = await chooseByte(log, random, where);
      expect(judge(byte, await readDamaged(log, byte, before), before)).toEqual([]);
    }
  });

  const byte: FlippedByte = { file: '/a/000000.log', position: 50, mask: 1, frame: 0, isInHeader: true };
  const refused = new PermanentError('corrupt-log', 'Something is wrong.');
  it.each<[string, (reading: { sums: readonly number[] }) => object, RegExp]>([
    ['ends early without a word', ({ sums }) => ({ sums: sums.slice(0, 5) }), /ended at offset 5 without a word/],
    ['skips a record', ({ sums }) => ({ sums: [...sums.slice(0, -1), 0] }), /not as it had been written/],
    ['refuses without naming the place', () => ({ damage: refused }), /It was said of .*: Something is wrong/],
    ['goes on as if nothing were wrong', () => ({}), /0 partitions stopped/],
  ])('is found out when it %s', (_, change, says) => {
    expect(judge(byte, but(before, change), before)).toContainEqual(expect.stringMatching(says));
  });
});

describe('a torn tail', () => {
  it('is told from what was cut off elsewhere, or only in part', async () => {
    for (let n = 0; n < 20; n++) {
      const torn = await tearTail(log, random);
      const said: string[] = [];
      await (await openEmbeddedBroker({ directory: log, log: (line) => said.push(line) })).close();
      expect(said.filter((line) => isCutOff(torn, line))).toHaveLength(1);
      expect(isCutOff({ ...torn, bytes: torn.bytes + 1 }, said[0]!)).toBe(false);
      expect(isCutOff({ ...torn, size: torn.size + 1 }, said[0]!)).toBe(false);
    }
  });
});
