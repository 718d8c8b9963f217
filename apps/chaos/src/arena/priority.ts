// Who goes first where there are fewer cores than processes. Elsewhere each of them would have a core of its own.
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** From -20, first, to 19; usually 0. Not everybody may change it, and not everywhere: then it stays as it is. */
export function setPlace(pid: number, priority: number): void {
  try {
    setPriority(pid, priority);
    writeFileSync(`/proc/${pid}/autogroup`, String(priority)); // of its session, which Linux weighs first
  } catch {
    // see above
  }
}
