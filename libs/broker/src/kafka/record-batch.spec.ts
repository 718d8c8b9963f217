import { describe, expect, it } from '@jest/globals';
import { createRecordsBatch, Reader, readRecordsBatches } from '@platformatic/kafka';
import fc from 'fast-check';

import { type BrokerRecord } from '../broker.js';
import { checkedSize, decodeBatches, encodeBatch, offsetAfter } from './record-batch.js';
import { varintBytes, VarintReader, writeVarint } from './varint.js';

const ascii = fc.string({ unit: fc.constantFrom(...'abcXYZ019 -/.:{}"'), maxLength: 200 });
const anyRecord: fc.Arbitrary<BrokerRecord> = fc.record({
  key: fc.option(fc.string({ unit: 'grapheme', maxLength: 80 })),
  value: fc.uint8Array({ maxLength: 300 }),
  headers: fc.dictionary(
    ascii.filter((name) => name !== '__proto__'),
    ascii,
    { maxKeys: 4, noNullPrototype: true },
  ),
  at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
});
const anyBatch = fc.array(anyRecord, { minLength: 1, maxLength: 20 });
const stamp = { id: 7n, epoch: 0, sequence: 5 };

const encode = (records: readonly BrokerRecord[]): Buffer =>
  encodeBatch(
    records,
    records.reduce((sum, record) => sum + checkedSize(record, 't'), 0),
    stamp,
  );
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

describe('a record batch', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(anyBatch, (records) => {
        const bytes = encode(records);
        const read = decodeBatches(bytes, 0);
        const plain = (record: BrokerRecord): object => ({ ...record, value: hex(record.value) });
        expect(read.map(plain)).toEqual(records.map((record, offset) => ({ ...plain(record), offset })));
        expect(offsetAfter(bytes, 0)).toBe(records.length);
      }),
    );
  });

  it("is understood by the client library's own reader", () => {
    fc.assert(
      fc.property(anyBatch, (records) => {
        const [batch] = readRecordsBatches(Reader.from(encode(records)));
        expect([batch?.producerId, batch?.producerEpoch, batch?.firstSequence]).toEqual([7n, 0, 5]);
        expect(batch?.records.map(({ key }) => key?.toString() ?? null)).toEqual(records.map(({ key }) => key));
        expect(batch?.records.map(({ value }) => hex(value as Buffer))).toEqual(records.map(({ value }) => hex(value)));
      }),
    );
  });

  it('reads what the client library writes, packed or not, and leaves out what lies before the offset', () => {
    for (const compression of ['none', 'gzip'] as const) {
      const messages = ['a', 'b', 'c'].map((text, index) => ({
        topic: 't',
        partition: 0,
        key: null,
        value: Buffer.from(text),
        headers: new Map([[Buffer.from('name'), Buffer.from(text)]]),
        timestamp: BigInt(1_000 + index),
      }));
      const bytes = createRecordsBatch(messages as never, { compression }).buffer;
      const read = decodeBatches(bytes, 1);
      expect(read.map(({ offset, at, headers }) => [offset, at, headers['name']])).toEqual([
        [1, 1_001, 'b'],
        [2, 1_002, 'c'],
      ]);
    }
  });

  it('leaves an unfinished batch at the end for the next fetch', () => {
    const whole = encode([{ key: null, value: Buffer.from('x'), headers: {}, at: 1 }]);
    const bytes = Buffer.concat([whole, whole.subarray(0, whole.length - 1)]);
    expect(decodeBatches(bytes, 0)).toHaveLength(1);
    expect(offsetAfter(bytes, 0)).toBe(1);
  });
});

describe('a variable-length integer', () => {
  it('keeps every exact number, in the bytes it said it would take', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), (value) => {
        const bytes = Buffer.alloc(10);
        expect(writeVarint(bytes, value, 0)).toBe(varintBytes(value));
        expect(new VarintReader(bytes, 0).read()).toBe(value);
      }),
    );
  });
});
