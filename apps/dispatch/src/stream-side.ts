// What the stream side of dispatch tells publisher and sender: that its sink has committed something, and of which partitions the
// database may be acted on.
import { type Resources } from '@holdfast/stream';

const listeners = new WeakMap<object, Set<() => void>>();

/** Those to be told of commits to this database by the sink of this process. */
export function onCommitted({ database }: Resources): Set<() => void> {
  let set = listeners.get(database);
  if (!set) listeners.set(database, (set = new Set()));
  return set;
}

const partitions = new WeakMap<object, () => Promise<readonly number[]>>();

/** The stream side says so from now on. */
export function tellPartitions({ database }: Resources, tell: () => Promise<readonly number[]>): void {
  partitions.set(database, tell);
}

/**
 * Partitions of which the database may be acted on by this process: one that is an older backup holds messages that have left long ago.
 * Null: of all, for there is no stream side that would know.
 */
export const partitionsToActOn = async ({ database }: Resources): Promise<readonly number[] | null> =>
  (await partitions.get(database)?.()) ?? null;
