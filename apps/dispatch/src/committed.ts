// How the sink, which the stream transport runs, tells publisher and sender that something has been committed.
import { type Resources } from '@holdfast/stream';

const listeners = new WeakMap<object, Set<() => void>>();

/** Those to be told of commits to this database by the sink of this process. */
export function onCommitted({ database }: Resources): Set<() => void> {
  let set = listeners.get(database);
  if (!set) listeners.set(database, (set = new Set()));
  return set;
}
