// Compares a stage's dead letters with those an undisturbed run would have written. A letter may be there twice, under one source.
import { type StoredRecord } from '@holdfast/broker';
import { deadLetterTopic, HEADERS } from '@holdfast/schemas';
import { type ExpectedLetter } from '@holdfast/stream';

import { type Findings } from './findings.js';
import { nameOf } from './published-reader.js';

/** Where the letters are from. */
interface Origin {
  readonly task: string;
  readonly partition: number;
  readonly findings: Findings;
}

/** `written`: all of the partition's letters in order. */
export function compareLetters(
  expected: readonly ExpectedLetter[],
  written: readonly StoredRecord[],
  { task, partition, findings }: Origin,
): void {
  const topic = deadLetterTopic(task);
  const missing = new Map(expected.map((letter) => [letter.source, letter]));
  const seen = new Set<string>();
  for (const letter of written) {
    const source = letter.headers[HEADERS.source] ?? '';
    const name = nameOf(topic, partition, letter);
    if (seen.has(source)) {
      findings.repeated += 1;
      continue;
    }
    seen.add(source);
    const twin = missing.get(source);
    if (!twin) {
      findings.fault(
        topic,
        `${name} would not exist undisturbed: ${letter.headers[HEADERS.error] ?? 'no reason given'}.`,
      );
      continue;
    }
    missing.delete(source);
    if (!letter.headers[HEADERS.error]) findings.fault(topic, `${name} gives no reason.`);
    if (!isSame(twin, letter)) findings.fault(topic, `${name} is not what could not be applied.`);
  }
  for (const { key, source } of missing.values())
    findings.lose(topic, `The dead letter of ${key ?? 'a record without a key'} (source ${source}) was never written.`);
}

/** A letter that would be too large holds the beginning of its value. */
function isSame(expected: ExpectedLetter, { key, at, value, headers }: StoredRecord): boolean {
  const bytes = headers[HEADERS.valueBytes];
  if (bytes !== undefined && Number(bytes) !== expected.value.length) return false;
  const kept = bytes === undefined ? expected.value : expected.value.subarray(0, value.length);
  return (
    (key === expected.key || (key !== null && expected.key !== null && expected.key.startsWith(key))) &&
    at === expected.at &&
    headers[HEADERS.schema] === expected.schema.slice(0, 100).replace(/[^\x20-\x7e]/g, '?') &&
    Buffer.compare(kept, value) === 0
  );
}
