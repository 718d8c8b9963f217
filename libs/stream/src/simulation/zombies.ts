// What zombies have published before the owner of the moment did: the hardest thing to get right, so it is counted.
import { type StoredRecord } from '@holdfast/broker';
import { parseSource, RELEASE_SCHEMA } from '@holdfast/schemas';

import { type Expectation } from './brute-force.js';
import { history } from './history.js';
import { type Author, type Log } from './simulated-broker.js';
import { type Tally } from './tally.js';

/** Customers due at one tick from which on it counts. */
const MANY = 3;

export function countZombies(
  tally: Tally,
  expected: Expectation,
  { outputs, letters }: Record<'outputs' | 'letters', Log>,
): void {
  const first = history(outputs.records);
  const zombies = first.map((record) => zombieOf(outputs, record));
  tally.count('a zombie published first', zombies.filter((each) => each !== null).length);
  first.forEach(({ key, headers }, i) => {
    if (key !== null || headers['schema'] !== RELEASE_SCHEMA || zombies[i] === null) return;
    if (zombies[i - 1] === zombies[i] && zombies[i + 1] === zombies[i]) {
      tally.count('a zombie published first across a release');
    }
  });
  const buried = history(letters.records).filter((record) => zombieOf(letters, record) !== null);
  tally.count('a zombie published a dead letter first', buried.length);

  for (const offset of busyTicks(expected, first)) {
    const authors = zombies.filter((_, i) => offsetOf(first[i]!) === offset);
    if (authors.every((each) => each !== null)) {
      tally.count('a zombie published first across a tick of three customers');
    } else if (authors.some((each) => each !== null)) tally.count('a zombie published first a part of such a tick');
  }
}

const offsetOf = (record: StoredRecord): number => parseSource(record.headers['source']!).offset;

function zombieOf({ authors }: Log, { offset }: StoredRecord): Author['process'] | null {
  const author = authors[offset];
  return author?.isZombie === true ? author.process : null;
}

/** Offsets of ticks at which many customers were due. A tick is passed on; so is a release, at which nobody is. */
function busyTicks({ fired }: Expectation, first: readonly StoredRecord[]): number[] {
  const passedOn = new Set(first.filter(({ key }) => key === null).map(offsetOf));
  const due = new Map<number, Set<string>>();
  for (const { key, offset } of fired) due.set(offset, (due.get(offset) ?? new Set()).add(key));
  return [...due].filter(([offset, keys]) => passedOn.has(offset) && keys.size >= MANY).map(([offset]) => offset);
}
