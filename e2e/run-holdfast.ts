// Runs `npm start` as a person would (its program, a data folder, options) and reads what it left in its database.
import { fork } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedPostgres, openDatabase } from '@holdfast/postgres';

const program = join(import.meta.dirname, '..', 'apps', 'standalone', 'dist', 'main.js');

/** A data folder of its own, removed with {@link DataFolder.remove}. */
export class DataFolder {
  private constructor(readonly path: string) {}

  static async make(): Promise<DataFolder> {
    return new DataFolder(await mkdtemp(join(tmpdir(), 'holdfast-e2e-')));
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

export interface Run {
  readonly code: number | null;
  /** What `--json` wrote; null when it wrote nothing. */
  readonly summary: Record<string, unknown> | null;
  /** Standard output and error. */
  readonly printed: string;
}

export interface RunOptions {
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Kills the program without warning (SIGKILL) once the replay has got so far, 0..1. */
  readonly killAt?: number;
}

/** Replays the shipped data set to its end in `folder`, or until it is killed. */
export async function runHoldfast(folder: DataFolder, options: RunOptions = {}): Promise<Run> {
  const json = join(folder.path, 'out.json');
  const child = fork(
    program,
    ['--port', '0', '--data-dir', folder.path, '--exit-after-replay', '--json', json, ...(options.args ?? [])],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...process.env, ...options.environment } },
  );
  let printed = '';
  child.stdout!.on('data', (chunk) => (printed += chunk));
  child.stderr!.on('data', (chunk) => (printed += chunk));
  child.on('message', (message: { progress?: number }) => {
    if (options.killAt !== undefined && (message.progress ?? 0) >= options.killAt) child.kill('SIGKILL');
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  const text = await readFile(json, 'utf8').catch(() => '');
  return { code, summary: text === '' ? null : (JSON.parse(text) as Record<string, unknown>), printed };
}

/** A summary without what may differ between two runs: speed, and how many lines had to be sent twice. */
export function comparable(summary: Record<string, unknown> | null): unknown {
  if (summary === null) return null;
  const { events, customers, crossings, decisions, outcomes } = summary;
  const { read, accepted, rejected } = events as Record<string, unknown>;
  return { read, accepted, rejected, customers, crossings, decisions, outcomes };
}

/** Every risk event and decision of the data set's span, in customer order: what "the same" means beyond counts. */
export async function historyOf(folder: DataFolder, database: 'postgres' | 'postgres-kafka'): Promise<unknown[]> {
  const server = await startEmbeddedPostgres({ directory: join(folder.path, database) });
  try {
    const db = await openDatabase(server.url);
    try {
      const until = `(select max(at) from customer_events where origin = 'replay')`;
      const risk = await db.query(
        `select customer, sequence, at, type, tier_from, tier_to, cause, origin, risk, reasons, model
         from risk_events where at <= ${until} order by customer, sequence`,
      );
      const decisions = await db.query(
        `select customer, playbook, arm, propensity, at, origin from decisions where at <= ${until} order by customer, at, playbook`,
      );
      return [...risk, ...decisions];
    } finally {
      await db.close();
    }
  } finally {
    await server.stop();
  }
}
