// Ways of striking PostgreSQL from inside: a deadlock with a checkpoint, and every connection taken.
import pg from 'pg';

import { type Arena } from './arena.js';

/** A checkpoint comes every few seconds. */
const CHECKPOINT_LIMIT_MS = 20_000;
const TRIES = 5;
const DEADLOCK = '40P01';
const TOO_MANY_CONNECTIONS = '53300';
const SERVICES = `datname = current_database() and application_name like 'holdfast-%' and application_name <> 'holdfast-chaos'`;

/**
 * Locks the customers of a partition and then its owner: a checkpoint does it the other way round. Of the two, PostgreSQL ends the one
 * that finds out first: should that be ours, it is tried again. Resolves to whether it was the checkpoint in the end.
 */
export async function deadlock(arena: Arena, task: string, partition: number): Promise<boolean> {
  const before = await deadlocks(arena);
  for (let tries = 0; tries < TRIES; tries++) {
    if (await isOursEnded(arena, task, partition)) continue;
    // A backend tells of its deadlock when it has come to rest.
    return until(async () => (await deadlocks(arena)) > before + tries);
  }
  return false;
}

/** False: our transaction went through. */
async function isOursEnded({ grounds: { database } }: Arena, task: string, partition: number): Promise<boolean> {
  try {
    await database.transaction(async (ours) => {
      const [me] = await ours.query<{ pid: number }>('select pg_backend_pid() as pid');
      await ours.query('select from states where task = $1 and partition = $2 for update', [task, partition]);
      const blocked = 'select from pg_stat_activity where $1 = any(pg_blocking_pids(pid))';
      await until(async () => (await database.query(blocked, [me!.pid])).length > 0);
      await ours.query('select from owners where task = $1 and partition = $2 for update', [task, partition]);
    });
    return false;
  } catch (error) {
    if ((error as { code?: string }).code === DEADLOCK) return true;
    throw error;
  }
}

async function deadlocks({ grounds: { database } }: Arena): Promise<number> {
  const sql = 'select deadlocks::int as count from pg_stat_database where datname = current_database()';
  const [row] = await database.query<{ count: number }>(sql);
  return row!.count;
}

/** False when it has not come true in time. */
async function until(isTrue: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + CHECKPOINT_LIMIT_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** All connections that PostgreSQL has to give, until they are given back. */
export class Hoard {
  readonly #clients: pg.Client[] = [];
  /** To look with: who takes all connections needs one, too. */
  readonly #own: pg.Client;
  #isOver = false;
  #work: Promise<void> = Promise.resolve();

  constructor(private readonly arena: Arena) {
    this.#own = this.#client();
  }

  /** Resolves when the services have none left. */
  async begin(): Promise<void> {
    await this.#own.connect();
    this.#clients.push(this.#own);
    await this.#seize();
    this.#work = this.#keep();
    this.#work.catch(() => undefined); // said when they are given back
  }

  async giveBack(): Promise<void> {
    this.#isOver = true;
    await this.#work.finally(() => Promise.all(this.#clients.map((client) => client.end().catch(() => undefined))));
  }

  /** How many connections the services have. */
  async left(): Promise<number> {
    const sql = `select count(*)::int as count from pg_stat_activity where ${SERVICES}`;
    const { rows } = await this.#own.query<{ count: number }>(sql);
    return rows[0]!.count;
  }

  /** Whoever gets in between is thrown out again. */
  async #keep(): Promise<void> {
    while (!this.#isOver) {
      if ((await this.left()) > 0) await this.#seize();
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async #seize(): Promise<void> {
    while ((await this.left()) > 0) {
      await this.#own.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${SERVICES}`);
      for (;;) {
        const client = this.#client();
        try {
          await client.connect();
          this.#clients.push(client);
        } catch (error) {
          if ((error as { code?: string }).code === TOO_MANY_CONNECTIONS) break;
          throw error;
        }
      }
    }
  }

  #client(): pg.Client {
    const client = new pg.Client({ connectionString: this.arena.grounds.postgres.url, application_name: 'hoard' });
    client.on('error', () => undefined);
    return client;
  }
}
