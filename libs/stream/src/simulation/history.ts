// What a reader makes of a published topic, and where that, or what has been stored, differs from what was expected.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { type StoredCustomer } from '@holdfast/postgres';
import { parseSource } from '@holdfast/schemas';

import { type Expectation } from './brute-force.js';
import { type Mood } from './example-tasks.js';
import { type StoredPartition } from './simulated-store.js';

/** The records whose source is above that of all before. */
export function history(log: readonly StoredRecord[]): StoredRecord[] {
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
  /** Whole topics, with all that readers skip. */
  readonly outputs: readonly StoredRecord[];
  readonly letters: readonly StoredRecord[];
  readonly stored: StoredPartition;
}

/** A sentence about the first difference, or null. */
export function firstDifference(expected: Expectation, { outputs, letters, stored }: Actual): string | null {
  return (
    differ('outputs', expected.outputs.map(describe), history(outputs).map(describe)) ??
    differ('dead letters', expected.letters.map(describe), history(letters).map(describe)) ??
    repeatDiffers('outputs', outputs) ??
    repeatDiffers('dead letters', letters) ??
    differ('fired wake-ups', firings(expected, false), (moodOf(stored)?.fired ?? []).map(describeWakeUp)) ??
    differ('buried wake-ups', firings(expected, true), history(letters).flatMap(buriedWakeUp)) ??
    differ('customers', describeAll(known(expected.customers)), describeAll(known(stored.customers))) ??
    differ('message ids', describeAll(expected.messageIds), describeAll(stored.messageIds)) ??
    differ('progress', [JSON.stringify(pick(expected.progress))], [JSON.stringify(pick(stored.progress))])
  );
}

/** A sentence about the first difference, or null. */
export function differ(what: string, expected: readonly string[], actual: readonly string[]): string | null {
  for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
    if (expected[i] !== actual[i]) return `${what}[${i}] expected ${expected[i]} but was ${actual[i]}`;
  }
  return null;
}

/** Whoever publishes a record again publishes the same bytes: which of them a reader saw first must not matter. */
function repeatDiffers(what: string, log: readonly StoredRecord[]): string | null {
  const first = new Map<string, StoredRecord>();
  for (const record of log) {
    const source = record.headers['source']!;
    const earlier = first.get(source);
    if (earlier === undefined) first.set(source, record);
    else if (describe(earlier) !== describe(record)) {
      return `${what}: ${describe(earlier)} was published again as ${describe(record)}`;
    }
  }
  return null;
}

const describeWakeUp = ({ key, wakeAt }: { key: string; wakeAt: number }): string =>
  `${key} at ${new Date(wakeAt).toISOString()}`;
const firings = ({ fired }: Expectation, isBuried: boolean): string[] =>
  fired.filter((each) => each.isBuried === isBuried).map(describeWakeUp);

/** Shared state, where each task notes what has been fired. */
function moodOf({ progress }: StoredPartition): Mood | null {
  return progress.shared && (JSON.parse(text(progress.shared.bytes)) as Mood);
}

function buriedWakeUp({ value, headers }: StoredRecord): string[] {
  if (headers['schema'] !== 'wake-up/1') return [];
  const { key, wakeAt } = JSON.parse(text(value)) as { key: string; wakeAt: string };
  return [describeWakeUp({ key, wakeAt: Date.parse(wakeAt) })];
}

/** A customer of whom nothing is known may be stored or not. */
const known = (customers: ReadonlyMap<string, StoredCustomer>) =>
  new Map([...customers].filter(([, each]) => each.state !== null || each.inSequence + each.outSequence > 0));

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
/** One character a byte. */
const characters = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
const describe = ({ key, value, headers, at }: BrokerRecord): string => {
  const names = Object.keys(headers).sort();
  return `${key} ${at} ${names.map((name) => `${name}=${headers[name]}`).join(' ')} ${characters(value)}`;
};
const describeAll = (map: ReadonlyMap<string, unknown>): string[] =>
  [...map].map(([key, value]) => JSON.stringify([key, value], bytesAsText)).sort();
const pick = ({ outputs, letters, now, source, duplicates, shared }: StoredPartition['progress']) => [
  ...[outputs, letters, now, source && [source.logId, source.offset, source.index]],
  ...[duplicates, shared && [shared.version, characters(shared.bytes)]],
];

function bytesAsText(_: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return characters(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
