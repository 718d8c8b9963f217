// How the sinks, which the stream transport runs, tell the live feed that something has been committed.
import { type Resources } from '@holdfast/stream';

const listeners = new WeakMap<Resources, Set<() => void>>();

/** Those to be told of commits to these resources by the sinks of this process. */
export function changes(resources: Resources): Set<() => void> {
  let set = listeners.get(resources);
  if (!set) listeners.set(resources, (set = new Set()));
  return set;
}
