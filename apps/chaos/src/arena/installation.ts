// Holdfast as `npm start` runs it: everything in one process, in a folder of its own, with a PostgreSQL that must not outlive it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { Child } from './child.js';
import { PostgresServers } from './postgres-servers.js';
import { repositoryRoot } from './repository.js';

/** A PostgreSQL whose Holdfast has ended must have ended within this, s. */
const ORPHAN_LIMIT = 10;

export interface InstallationOptions {
  readonly folder: string;
  /** Read anew at each start. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Standard error, line by line. */
  readonly onLine: (line: string) => void;
  /** What must not have happened, a sentence each. */
  readonly faults: string[];
}

export class Installation {
  readonly #process: Child;
  readonly #servers: PostgresServers;

  constructor(private readonly options: InstallationOptions) {
    const { folder, environment, onLine, faults } = options;
    this.#servers = new PostgresServers(this.postgres);
    this.#process = new Child({
      name: 'Holdfast',
      program: join(repositoryRoot, 'apps', 'standalone', 'dist', 'main.js'),
      args: ['--no-replay', '--port', '0', '--data-dir', folder],
      environment,
      onLine,
      onUnexpectedEnd: ({ code, signal }) =>
        faults.push(`Holdfast ended by itself (${signal ?? `exit code ${code}`}).`),
    });
  }

  /** The folder of the log. */
  get log(): string {
    return join(this.options.folder, 'log');
  }

  /** The folder of the database. */
  get postgres(): string {
    return join(this.options.folder, 'postgres');
  }

  /** Address of everything; null while it does not run. */
  get url(): string | null {
    return this.#process.isRunning && this.#process.url !== '' ? this.#process.url : null;
  }

  /** Of the database of the running process. */
  async databaseUrl(): Promise<string> {
    const [password, port] = await Promise.all(
      ['password', 'port'].map((name) => readFile(join(this.postgres, name), 'utf8')),
    );
    return `postgresql://holdfast:${password}@127.0.0.1:${port}/postgres`;
  }

  /** Resolves once it listens, by when every PostgreSQL of a killed process must be gone. Rejects when it ends before. */
  async start(): Promise<void> {
    await this.#process.start();
    await this.#servers.note();
    for (const pid of await this.#servers.orphans())
      this.options.faults.push(`PostgreSQL ${pid} outlived the Holdfast that had started it.`);
  }

  /** SIGKILL, wherever it is. Resolves when it is gone; its PostgreSQL may take a little longer. */
  async kill(): Promise<void> {
    await this.#servers.note();
    await this.#process.kill();
    await this.#servers.note();
  }

  /** SIGKILL, for good. Resolves when no PostgreSQL is left. */
  async destroy(): Promise<void> {
    this.#process.retire();
    await this.kill();
    await this.gone();
  }

  /** Starts it and kills it after so long, ms. False when it listened by then. */
  async killWhileStarting(ms: number): Promise<boolean> {
    const ended = this.#process.start().catch(() => undefined);
    await Promise.race([ended, setTimeout(ms)]);
    const isUp = this.url !== null;
    await this.kill();
    await ended;
    return !isUp;
  }

  /** SIGTERM. That it does not stop in order is a fault. */
  async stop(): Promise<void> {
    if (!this.#process.isRunning) return;
    const { code, signal } = await this.#process.stop();
    if (code !== 0) this.options.faults.push(`Holdfast did not stop in order (${signal ?? `exit code ${code}`}).`);
    await this.gone();
  }

  /** Resolves when no PostgreSQL is left; rejects when that takes too long. */
  gone(): Promise<void> {
    return this.#servers.gone(ORPHAN_LIMIT);
  }
}
