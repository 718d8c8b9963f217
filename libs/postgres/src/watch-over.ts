// No orphans: a tiny shell reads a pipe that only this process holds open. When Node ends, in whatever way, the pipe closes and
// the shell stops the server.
import { spawn, spawnSync } from 'node:child_process';
import { type Socket } from 'node:net';

import { type Account } from './embedded-account.js';

// A folder that has been deleted says nothing any more; only another server's number in it means that ours is gone.
const SCRIPT = 'read -r _; p=$(head -n 1 "$1/postmaster.pid" 2>/dev/null); [ "${p:-$2}" = "$2" ] && kill -INT "$2"';

/** Ties the life of server `pid` with data folder `data` to this process. `end` releases it once the server has stopped. */
export function watchOver(pid: number, data: string, account: Account): { end(): void } {
  if (process.platform === 'win32') return watchExit(pid);
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'watch', data, String(pid)], {
    ...account,
    detached: true, // Ctrl-C is not for it
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined);
  shell.unref();
  (shell.stdin as unknown as Socket).unref();
  shell.stdin.on('error', () => undefined);
  return { end: () => void shell.kill('SIGKILL') };
}

function watchExit(pid: number): { end(): void } {
  const stop = () => void spawnSync('taskkill', ['/pid', String(pid), '/f', '/t']);
  process.once('exit', stop);
  return { end: () => void process.off('exit', stop) };
}
