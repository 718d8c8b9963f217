// One stage of one partition: its input through the undisturbed fold, what it published beside that, and in the end what it stored.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { type Database } from '@holdfast/postgres';
import { deadLetterTopic } from '@holdfast/schemas';
import { type AnyTask, UndisturbedFold } from '@holdfast/stream';

import { poisonTask } from '../services/poison.js';
import { compareLetters } from './compare-letters.js';
import { type Batch, comparePublished } from './compare-published.js';
import { compareStored } from './compare-stored.js';
import { type Findings } from './findings.js';
import { type LogReader } from './log-reader.js';
import { PublishedReader } from './published-reader.js';

/** What stages are checked with. */
export interface Grounds {
  readonly reader: LogReader;
  readonly database: Database;
  readonly findings: Findings;
  /** Log id of a topic. */
  logIdOf(topic: string): string;
  /** The offset of a stage's input before which its program was poisoned. */
  mendedAt(stage: string, partition: number): number;
}

export class Stage {
  readonly #fold: UndisturbedFold;

  constructor(
    private readonly task: AnyTask,
    private readonly partition: number,
    private readonly grounds: Grounds,
  ) {
    const mendedAt = grounds.mendedAt(task.name, partition);
    const program = mendedAt === 0 ? task : poisonTask(task, () => this.#fold.position <= mendedAt);
    this.#fold = new UndisturbedFold(program, { logId: grounds.logIdOf(task.input.name), partition });
  }

  /** Reads the input to its end and yields what was published meanwhile. */
  published(input: AsyncIterable<readonly StoredRecord[]>): AsyncGenerator<Batch> {
    const { task, partition } = this;
    const { reader, findings } = this.grounds;
    const topic = task.output.name;
    return comparePublished(this.#undisturbed(input), reader.read(topic, partition), {
      topic,
      partition,
      findings,
      reader: new PublishedReader(topic, partition, findings, true),
    });
  }

  async *#undisturbed(input: AsyncIterable<readonly StoredRecord[]>): AsyncGenerator<readonly BrokerRecord[]> {
    for await (const records of input) yield records.flatMap((record) => this.#fold.apply(record));
  }

  /** To be called after everything has been published. Returns the stage's dead letters. */
  async conclude(): Promise<readonly StoredRecord[]> {
    const { task, partition } = this;
    const { reader, database, findings } = this.grounds;
    const letters = await readLetters(reader, task.name, partition);
    compareLetters(this.#fold.letters, letters, { task: task.name, partition, findings });
    const end = await reader.end(task.input.name, partition);
    await compareStored(this.#fold, { database, partition, end, findings });
    return letters;
  }
}

/** All dead letters that a stage wrote to a partition. */
export async function readLetters(reader: LogReader, task: string, partition: number): Promise<StoredRecord[]> {
  const letters: StoredRecord[] = [];
  for await (const records of reader.read(deadLetterTopic(task), partition)) letters.push(...records);
  return letters;
}
