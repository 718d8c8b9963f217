// Two small JSON files beside the journal: the topics, and the committed positions of the groups.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type TopicSpec } from '../broker.js';
import { PermanentError } from '../errors.js';
import { syncDirectory } from './segments.js';

/** A topic as stored; its number in the journal is its index. */
export type StoredTopic = TopicSpec;
type Positions = Record<string, Record<string, (number | null)[]>>;

function readJson<T>(path: string, otherwise: T): T {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    const message = `${path} cannot be read (${String(error)}). Restore it from a copy, or start with another data folder.`;
    throw new PermanentError('corrupt-log', message, { file: path });
  }
}

/** Written beside and renamed, so that a kill leaves the old file or the new one. */
function writeJson(path: string, content: unknown, isDurable: boolean): void {
  const fd = openSync(`${path}.new`, 'w');
  writeFileSync(fd, JSON.stringify(content));
  if (isDurable) fsyncSync(fd);
  closeSync(fd);
  renameSync(`${path}.new`, path);
}

/** Topics, in the order they were made. */
export class Catalog {
  readonly topics: StoredTopic[];
  readonly #path: string;

  /** Throws `PermanentError('corrupt-log')` when the file is no JSON. */
  constructor(private readonly directory: string) {
    this.#path = join(directory, 'topics.json');
    this.topics = readJson<StoredTopic[]>(this.#path, []);
  }

  /** Durable when it returns. */
  add(topics: readonly TopicSpec[]): void {
    this.topics.push(...topics);
    writeJson(this.#path, this.topics, true);
    syncDirectory(this.directory);
  }
}

/** How long committed positions wait for company before they are written, ms. */
const WRITE_DELAY_MS = 1_000;

/**
 * Committed positions. Nothing resumes from them (they are for lag tools, and one behind is no harm), so they are written
 * now and then: with every commit it would be the busiest file of all.
 */
export class CommittedPositions {
  readonly #positions: Positions;
  readonly #path: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string) {
    this.#path = join(directory, 'positions.json');
    this.#positions = readJson<Positions>(this.#path, {});
  }

  commit(group: string, topic: string, positions: ReadonlyMap<number, number>): void {
    const row = ((this.#positions[group] ??= {})[topic] ??= []);
    for (const [partition, position] of positions) {
      while (row.length <= partition) row.push(null);
      row[partition] = position;
    }
    this.#timer ??= setTimeout(() => this.#write(), WRITE_DELAY_MS).unref();
  }

  of(group: string, topic: string, partitions: number): (number | null)[] {
    const row = this.#positions[group]?.[topic] ?? [];
    return Array.from({ length: partitions }, (_, partition) => row[partition] ?? null);
  }

  /** Writes what is still to be written. */
  close(): void {
    if (this.#timer) this.#write();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    writeJson(this.#path, this.#positions, false);
  }
}
