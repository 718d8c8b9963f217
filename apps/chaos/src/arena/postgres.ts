// The PostgreSQL of a scenario: stopped, and started again at the same address.
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@holdfast/postgres';

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
}
