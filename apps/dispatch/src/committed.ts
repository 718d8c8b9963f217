// What the stream side of dispatch tells publisher and sender: that its sink has committed something, and whether the database may be
// acted on at all.
import { type Resources } from '@holdfast/stream';

const listeners = new WeakMap<object, Set<() => void>>();

/** Those to be told of commits to this database by the sink of this process. */
export function onCommitted({ database }: Resources): Set<() => void> {
  let set = listeners.get(database);
  if (!set) listeners.set(database, (set = new Set()));
  return set;
}

const judges = new WeakMap<object, () => Promise<boolean>>();

/** The stream side says so from now on. */
export function judgeCurrent({ database }: Resources, judge: () => Promise<boolean>): void {
  judges.set(database, judge);
}

/** False: the database may be an older backup, whose messages may have left long ago. Without a stream side nobody knows better. */
export const isCurrent = async ({ database }: Resources): Promise<boolean> => (await judges.get(database)?.()) ?? true;
