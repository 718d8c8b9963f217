// The database: a pool of connections behind TypeORM's data source. Everything with SQL in it is handed a Transaction.
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';

import { MIGRATIONS } from './migrations.js';
import { PermanentError } from './errors.js';
import { type Transaction } from './transaction.js';

/** How to connect. All optional. */
export interface DatabaseOptions {
  /** Most connections at once, ≥ 2; default 10. */
  readonly poolSize?: number;
  /** So many are opened at once, for work that comes soon: to open one takes a process seconds while it is busy. Default 0. */
  readonly readyConnections?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** How long to wait for a connection, a free one of the pool included; default 60,000: a busy pool is no failure. */
  readonly connectTimeoutMs?: number;
}

const READY_LIMIT_MS = 2_000;
/**
 * A machine that is gone, or frozen, in the middle of a transaction keeps its locks, and with them a partition from its next owner, until the
 * server hears of it: by itself after two hours.
 */
const SILENT_TRANSACTION_MS = 60_000;

const INT8 = 20;
const parsers = {
  // Whole numbers of ours (milliseconds, offsets, minor units) stay below 2^53: as numbers, not text.
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'),
};

/**
 * A connection that may break at any moment. While the pool hands one over, nobody listens to it, and an error that nobody listens to
 * ends the process: so does a server that ends a connection in the packet in which it opens it. The next query on it rejects.
 */
class FragileClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** Opens a pool and checks that the server answers. Throws a sentence when it does not. */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const poolSize = options.poolSize ?? 10;
  if (!Number.isInteger(poolSize) || poolSize < 2) throw new RangeError(`poolSize must be at least 2, not ${poolSize}`);
  const source = new DataSource({
    type: 'postgres',
    url,
    poolSize,
    applicationName: options.applicationName ?? 'holdfast',
    connectTimeoutMS: options.connectTimeoutMs ?? 60_000,
    migrations: [...MIGRATIONS],
    migrationsTransactionMode: 'each',
    logging: false,
    // An idle connection that breaks is replaced by the pool; the next query tells whoever needs it.
    poolErrorHandler: () => undefined,
    extra: {
      ...{ types: parsers, keepAlive: true, Client: FragileClient },
      idle_in_transaction_session_timeout: SILENT_TRANSACTION_MS,
    },
  });
  try {
    await source.initialize();
  } catch (error) {
    throw new Error(`PostgreSQL does not answer (${describe(error)}); check DATABASE_URL and that the server runs.`, {
      cause: error,
    });
  }
  await open(source, Math.min(options.readyConnections ?? 0, poolSize));
  return new Database(source);
}

/** Opens connections of the pool side by side. Fewer will do, where the server has none left or takes long. */
async function open(source: DataSource, count: number): Promise<void> {
  const opened = Array.from({ length: count }, async () => {
    const runner = source.createQueryRunner();
    await runner.connect().finally(() => runner.release());
  });
  await Promise.race([Promise.allSettled(opened), sleep(READY_LIMIT_MS, undefined, { ref: false })]);
}

/** A pool of connections to one database. Also a {@link Transaction} of single statements. */
export class Database implements Transaction {
  constructor(readonly source: DataSource) {}

  async query<Row = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const runner = this.source.createQueryRunner();
    try {
      return await run<Row>(runner, sql, parameters);
    } finally {
      await runner.release();
    }
  }

  /** Runs `work` in one transaction (read committed). Rolls back and rethrows when it throws. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    try {
      await runner.startTransaction('READ COMMITTED');
      try {
        const result = await work({ query: (sql, parameters = []) => run(runner, sql, parameters) });
        await runner.commitTransaction();
        return result;
      } catch (error) {
        // The connection may be gone: the first error is the one that matters.
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      }
    } finally {
      await runner.release();
    }
  }

  /** Resolves when the server answers. */
  async ping(): Promise<void> {
    await this.query('select 1');
  }

  /** Closes the pool; running statements are waited for. */
  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }
}

async function run<Row>(runner: QueryRunner, sql: string, parameters: readonly unknown[]): Promise<Row[]> {
  try {
    const result = await runner.query(sql, parameters as unknown[], true);
    return (result.records ?? []) as Row[];
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

/** Values that the server refuses, now and whenever they come again. */
function refusalOf(error: unknown): PermanentError | null {
  const { code, message } = error as { code?: unknown; message?: string };
  // 54000: a value is too long for an index.
  if (typeof code !== 'string' || !/^(2[23]...|54000)$/.test(code)) return null;
  // A row for which a table of its day is still to be made.
  if (code === '23514' && message?.includes('no partition')) return null;
  return new PermanentError(code.startsWith('23') ? 'constraint' : 'bad-value', message ?? code, error);
}

function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
