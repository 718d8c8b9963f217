// The part of the suite about reading.
import { expect, it } from '@jest/globals';

import { type Broker } from './broker.js';
import { makeTopic, record, take, texts } from './conformance.js';

/** The last so many offsets of a log of 100. */
const upTo100 = (count: number): number[] => Array.from({ length: count }, (_, i) => 100 - count + i);

export function describeStreams(of: () => Broker): void {
  it('opens at an offset, waits at the end, and goes on when something comes', async () => {
    const topic = await makeTopic(of(), 2);
    const producer = await of().producer();
    await producer.append(
      topic,
      1,
      ['a', 'b', 'c'].map((value) => record('main/k', value)),
    );
    const stream = of().open(topic, 1, 1);
    expect((await take(stream, 2)).map(({ offset }) => offset)).toEqual([1, 2]);
    const later = stream.next();
    await producer.append(topic, 1, [record('main/k', 'd')]);
    expect((await later).map(({ offset }) => offset)).toEqual([3]);
    await stream.close();
    await producer.close();
  });

  it('ends a waiting read with nothing when it is closed', async () => {
    const topic = await makeTopic(of(), 1);
    const stream = of().open(topic, 0, 0);
    const waiting = stream.next();
    await stream.close();
    expect(await waiting).toEqual([]);
    expect(await stream.next()).toEqual([]);
  });

  it('refuses an offset beyond the end', async () => {
    const topic = await makeTopic(of(), 1);
    const stream = of().open(topic, 0, 5);
    await expect(stream.next()).rejects.toMatchObject({ code: 'offset-out-of-range' });
    await stream.close();
  });

  it('reads one partition for several readers, each from its own offset', async () => {
    const topic = await makeTopic(of(), 1);
    const producer = await of().producer();
    const append = async (from: number): Promise<void> => {
      for (let i = 0; i < 50; i++) await producer.append(topic, 0, [record('main/a', `${from + i}`)]);
    };
    await append(0);
    const streams = [50, 0, 20].map((offset) => of().open(topic, 0, offset));
    const counts = [50, 100, 80];
    const reads = streams.map((stream, i) => take(stream, counts[i]!));
    await append(50);
    for (const [i, read] of reads.entries())
      expect((await read).map(({ offset }) => offset)).toEqual(upTo100(counts[i]!));
    await Promise.all(streams.map((stream) => stream.close()));
    await producer.close();
  });

  it('reads a partition again, from another offset, when its last reader is closed half-way', async () => {
    const topic = await makeTopic(of(), 1);
    const producer = await of().producer();
    const batch = Array.from({ length: 30 }, () => ({ ...record('main/a', ''), value: Buffer.alloc(100_000) }));
    await producer.append(topic, 0, batch);
    for (const offset of [10, 0, 25]) {
      const stream = of().open(topic, 0, offset);
      const records = await stream.next();
      expect(records[0]?.offset).toBe(offset);
      await stream.close();
    }
    await producer.close();
  });

  it('reads many partitions side by side', async () => {
    const topic = await makeTopic(of(), 12);
    const producer = await of().producer();
    const streams = Array.from({ length: 12 }, (_, partition) => of().open(topic, partition, 0));
    const reads = streams.map((stream) => take(stream, 20));
    for (let round = 0; round < 20; round += 1) {
      const appends = streams.map((_, partition) => producer.append(topic, partition, [record('main/k', `${round}`)]));
      await Promise.all(appends);
    }
    const expected = Array.from({ length: 20 }, (_, round) => `${round}`);
    for (const read of reads) expect(texts(await read)).toEqual(expected);
    await Promise.all(streams.map((stream) => stream.close()));
    await producer.close();
  });
}
