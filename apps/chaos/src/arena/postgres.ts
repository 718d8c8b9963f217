// The PostgreSQL of a scenario: stopped, started again at the same address, and restored from a backup.
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';

import { startEmbeddedPostgres, type EmbeddedPostgres } from '@holdfast/postgres';

const call = promisify(execFile);

export class Postgres {
  private constructor(
    readonly directory: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(directory: string): Promise<Postgres> {
    return new Postgres(directory, await startEmbeddedPostgres({ directory }));
  }

  get url(): string {
    return this.server.url;
  }

  /** Ends it, open connections and all. */
  async stop(): Promise<void> {
    await this.server.stop();
  }

  /** Starts it again, where it was. */
  async restart(): Promise<void> {
    this.server = await startEmbeddedPostgres({ directory: this.directory, port: Number(new URL(this.url).port) });
  }

  /** A copy of everything as it is now, in a folder that is not there yet. It is away meanwhile. */
  async backUp(folder: string): Promise<void> {
    await this.stop();
    await call('cp', ['-a', this.directory, folder]);
    await this.restart();
  }

  /** Comes back as it was then. */
  async restore(folder: string): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true });
    await call('cp', ['-a', folder, this.directory]);
    await this.restart();
  }
}
