// Starts Holdfast for a measurement, and reads what its processes cost.
import { fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from '../tools/prepare.mjs';

const TICKS_PER_SECOND = 100;

/** CPU seconds a process has used so far. */
export const cpuSeconds = (pid) => secondsIn(pid, 11, 12);

/** CPU seconds of processes and of those they have started and seen end. Processes that are gone count nothing themselves. */
export const cpuSecondsOfAll = (pids) => pids.reduce((sum, pid) => sum + secondsIn(pid, 11, 12, 13, 14), 0);

/** Sum of fields of /proc/PID/stat behind the name, in seconds; 0 when the process is gone. */
function secondsIn(pid, ...fields) {
  if (!existsSync(`/proc/${pid}/stat`)) return 0;
  const values = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return fields.reduce((sum, field) => sum + Number(values[field]), 0) / TICKS_PER_SECOND;
}

/** Memory of a process that is resident, MB. */
export const residentMb = (pid) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1_024;

/** Ids of a process and all that descend from it. */
export function family(pid) {
  const parents = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const parent = Number(
        readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ')[1],
      );
      parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
    } catch {
      // The process has ended meanwhile.
    }
  }
  const found = [pid];
  for (const id of found) found.push(...(parents.get(id) ?? []));
  return found;
}

/**
 * `npm start` with the given options in a data folder of its own. Resolves once it listens, to the addresses and process
 * ids that it reports: `{ console, ingest, writeKey, pids: { service: pid }, metrics: { service: url } }`.
 */
export const startHoldfast = async (...options) => startIn(await mkdtemp(join(tmpdir(), 'holdfast-bench-')), options);

async function startIn(folder, options) {
  const child = fork(
    join(root, 'apps', 'standalone', 'dist', 'main.js'),
    ['--port', '0', '--data-dir', folder, ...options],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'error' },
    },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const running = await new Promise((resolve, reject) => {
    child.on('message', (message) => message.running && resolve(message.running));
    void ended.then((code) => reject(new Error(`Holdfast ended with exit code ${code} before it listened`)));
  });
  const end = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return {
    ...running,
    pid: child.pid,
    folder,
    ended,
    /** Stops it and starts another one on its data. */
    restart: async () => {
      await end();
      return startIn(folder, options);
    },
    stop: async () => {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Sum of a counter over all label sets that contain `labels`, read from a /metrics page. */
export async function counter(url, name, labels = {}) {
  const text = await (await fetch(`${url}/metrics`)).text();
  let sum = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue;
    if (Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)))
      sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}

/** Waits until `read()` gives at least `least`; asks every 50 ms. */
export async function until(read, least, what, seconds = 300) {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const value = await read();
    if (value >= least) return value;
    if (performance.now() > deadline) throw new Error(`${what}: ${value} of ${least} after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
export const quantile = (values, q) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))];
