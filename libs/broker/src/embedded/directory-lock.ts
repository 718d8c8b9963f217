// One process per data folder: a file `lock` holding the owner's pid and start time. A dead owner's lock is taken over.
// Works among processes that see each other's pids: two containers must not share a folder.
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PermanentError } from '../errors.js';

interface Owner {
  readonly pid: number;
  /** Where the system tells (Linux), so that another process with a reused pid is not taken for the owner. */
  readonly started: string | null;
}

const held = new Set<string>();

function startOf(pid: number): string | null {
  try {
    // The command (field 2) may hold spaces; it ends with the last parenthesis. Start time is field 22.
    return (
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[19] ?? null
    );
  } catch {
    return null;
  }
}

function isAlive({ pid, started }: Owner, path: string): boolean {
  if (pid === process.pid && startOf(pid) === null) return held.has(path);
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return started === null || startOf(pid) === null || startOf(pid) === started;
}

function read(path: string): Owner | null {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner>;
    return typeof owner.pid === 'number' ? { pid: owner.pid, started: owner.started ?? null } : null;
  } catch {
    return null;
  }
}

/** Takes the lock of a directory and returns how to release it. Throws `PermanentError('locked')` while its owner lives. */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'lock');
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }));
  try {
    for (;;) {
      try {
        // A link appears with its content, or not at all.
        linkSync(mine, path);
        held.add(path);
        return () => {
          held.delete(path);
          if (read(path)?.pid === process.pid) unlinkSync(path);
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      refuseLive(path, directory);
      setAside(path, directory);
    }
  } finally {
    unlinkSync(mine);
  }
}

function refuseLive(path: string, directory: string): void {
  const owner = read(path);
  if (!owner || !isAlive(owner, path)) return;
  const message = `The data folder ${directory} is in use by process ${owner.pid}: stop it, or name another folder.`;
  throw new PermanentError('locked', message, { directory, pid: owner.pid });
}

/** Removes a dead owner's lock, unless somebody else has just taken over: then gives it back. */
function setAside(path: string, directory: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const owner = read(aside);
  if (owner && isAlive(owner, path)) renameSync(aside, path);
  else unlinkSync(aside);
  refuseLive(path, directory);
}
