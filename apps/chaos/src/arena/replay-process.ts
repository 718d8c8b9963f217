// `npm run replay` as a process of its own, which can be killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { repositoryRoot } from './repository.js';

export interface ReplayOptions {
  /** The data set. */
  readonly file: string;
  /** Stream seconds a second. */
  readonly speed: number;
  /** Of ingest. */
  readonly url: string;
  readonly writeKey: string;
  readonly databaseUrl: string;
}

export class ReplayProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #said = '';

  constructor({ file, speed, url, writeKey, databaseUrl }: ReplayOptions) {
    const program = join(repositoryRoot, 'apps', 'replay', 'dist', 'main.js');
    const args = [program, file, '--speed', String(speed), '--url', url, '--write-key', writeKey];
    const env = { ...process.env, DATABASE_URL: databaseUrl };
    this.#child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    this.#ended = once(this.#child, 'close');
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** SIGKILL. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Resolves when it has come to the end of the data set; rejects with its last words when it has not. */
  async done(): Promise<void> {
    await this.#ended;
    if (this.#child.exitCode !== 0) throw new Error(`The replay has failed: ${this.#said.trim()}`);
  }
}
