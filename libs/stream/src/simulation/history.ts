// What a reader makes of a published topic, and where it differs from what was expected.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { type StoredCustomer } from '@holdfast/postgres';
import { parseSource } from '@holdfast/schemas';

import { type Expectation } from './brute-force.js';
import { type StoredPartition } from './simulated-store.js';

/** The records whose source is above that of all before. */
export function history(log: readonly StoredRecord[]): BrokerRecord[] {
  let highest = { offset: -1, index: -1 };
  return log.filter((record) => {
    const source = parseSource(record.headers['source']!);
    if (source.offset < highest.offset || (source.offset === highest.offset && source.index <= highest.index))
      return false;
    highest = source;
    return true;
  });
}

export interface Actual {
  readonly outputs: readonly BrokerRecord[];
  readonly letters: readonly BrokerRecord[];
  readonly stored: StoredPartition;
}

/** A sentence about the first difference, or null. */
export function firstDifference(expected: Expectation, actual: Actual): string | null {
  return (
    differ('outputs', expected.outputs.map(describe), actual.outputs.map(describe)) ??
    differ('dead letters', expected.letters.map(describe), actual.letters.map(describe)) ??
    differ('customers', describeAll(known(expected.customers)), describeAll(known(actual.stored.customers))) ??
    differ('message ids', describeAll(expected.messageIds), describeAll(actual.stored.messageIds)) ??
    differ('progress', [JSON.stringify(pick(expected.progress))], [JSON.stringify(pick(actual.stored.progress))])
  );
}

function differ(what: string, expected: readonly string[], actual: readonly string[]): string | null {
  for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
    if (expected[i] !== actual[i]) return `${what}[${i}] expected ${expected[i]} but was ${actual[i]}`;
  }
  return null;
}

/** A customer of whom nothing is known may be stored or not. */
const known = (customers: ReadonlyMap<string, StoredCustomer>) =>
  new Map([...customers].filter(([, each]) => each.state !== null || each.inSequence + each.outSequence > 0));

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const describe = ({ key, value, headers, at }: BrokerRecord): string =>
  JSON.stringify([key, text(value), Object.entries(headers).sort(), at]);
const describeAll = (map: ReadonlyMap<string, unknown>): string[] =>
  [...map].map(([key, value]) => JSON.stringify([key, value], bytesAsText)).sort();
const pick = ({ now, source, duplicates, shared }: Expectation['progress']) => [
  now,
  source && [source.offset, source.index],
  duplicates,
  shared && text(shared.bytes),
];

function bytesAsText(_: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return text(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
