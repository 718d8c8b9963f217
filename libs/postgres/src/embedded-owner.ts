// One Node per data folder. A server whose Node was killed lives on with port and lock file: it is found by postmaster.pid and stopped.
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Account } from './embedded-account.js';
import { type Binaries } from './embedded-binaries.js';

const call = promisify(execFile);

/** Takes the folder, stopping a server without a master. Throws a sentence when a living process has it. */
export async function claimFolder(directory: string, binaries: Binaries, account: Account): Promise<void> {
  const data = join(directory, 'data');
  const file = join(directory, 'owner.pid');
  const owner = Number(await readFile(file, 'utf8').catch(() => ''));
  if (await isRunning(data, binaries, account)) {
    if (owner > 0 && (await isAlive(owner))) {
      throw new Error(
        `The folder ${directory} is in use by process ${owner}: stop that first, or choose another folder.`,
      );
    }
    await call(binaries.pg_ctl, ['stop', '-D', data, '-m', 'fast', '-w', '-t', '60'], account).catch(async (error) => {
      // It may have ended by itself in between: its watch saw the Node die, too.
      if (await isRunning(data, binaries, account)) throw error;
    });
  }
  await writeFile(file, String(process.pid));
}

/** Gives the folder back, unless another process has taken it meanwhile. */
export async function releaseFolder(directory: string): Promise<void> {
  const file = join(directory, 'owner.pid');
  if (Number(await readFile(file, 'utf8').catch(() => '')) === process.pid) await rm(file, { force: true });
}

async function isRunning(data: string, binaries: Binaries, account: Account): Promise<boolean> {
  const pid = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (pid === undefined) return false;
  return call(binaries.pg_ctl, ['status', '-D', data], account).then(
    () => true,
    () => false,
  );
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // Dead but not yet waited for by its parent (containers without an init): no obstacle.
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !status.slice(status.lastIndexOf(')')).startsWith(') Z');
}
