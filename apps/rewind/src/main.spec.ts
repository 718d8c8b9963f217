// The command as a process, on a folder as `npm start` keeps it.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Broker, openEmbeddedBroker } from '@holdfast/broker';
import { migrate, openDatabase, startEmbeddedPostgres } from '@holdfast/postgres';
import {
  BEHAVIOR_EVENTS,
  CUSTOMER_RISK,
  DAY,
  DEAD_LETTER_TASKS,
  INTERVENTION_EVENTS,
  type InterventionEvent,
} from '@holdfast/schemas';
import { planRewind, prepareTopics, type Resources, rewind, type Stage } from '@holdfast/stream';

import { STAGES } from './stages.js';

const call = promisify(execFile);
let folder: string;
/** Time in the backup. */
const SINCE = Date.UTC(2026, 7, 2, 10);

/** Opens what is in the folder as Holdfast does, and closes it again. */
async function withFolder<T>(work: (resources: Resources) => Promise<T>): Promise<T> {
  const broker = await openEmbeddedBroker({ directory: join(folder, 'log') });
  const postgres = await startEmbeddedPostgres({ directory: join(folder, 'postgres') });
  const database = await openDatabase(postgres.url);
  try {
    return await work({ broker, database });
  } finally {
    await database.close();
    await postgres.stop();
    await broker.close();
  }
}

async function command(...args: string[]) {
  const program = ['--conditions=@holdfast/source', '--import', '@swc-node/register/esm-register', 'src/main.ts'];
  const { KAFKA_BROKERS: _, ...env } = process.env;
  const options = { cwd: join(import.meta.dirname, '..'), env };
  const ended = call(process.execPath, [...program, ...args, '--data-dir', folder], options);
  return ended.catch((error: unknown) => error as { stdout: string; stderr: string });
}

/** A stage has reached `committed`, and the database that is there now says `position`. */
async function isBehind(resources: Resources, { name, input }: Stage, committed: number, position: number) {
  const { broker, database } = resources;
  const producer = await broker.producer();
  const record = { key: 's/a', value: new Uint8Array(1), headers: {}, at: 1 };
  await producer.append(
    input.name,
    0,
    Array.from({ length: committed }, () => record),
  );
  await producer.close();
  await rewind(resources, [{ stage: { name, input }, positions: new Map([[0, committed]]), records: 0, since: 0 }]);
  await database.query('insert into owners (task, partition, position, now_ms) values ($1, 0, $2, $3)', [
    name,
    position,
    SINCE,
  ]);
}

/** Messages have left, and not, before the backup and after it. */
async function tell(broker: Broker) {
  const event = { shop: 'main', customer: 'ann', origin: 'live', playbook: 'win-back', channel: 'email' } as const;
  const events: InterventionEvent[] = [
    { ...event, type: 'sent', decisionId: 'd0', at: SINCE - 2 * DAY },
    { ...event, type: 'sent', decisionId: 'd1', at: SINCE },
    { ...event, type: 'assigned', decisionId: 'd2', at: SINCE },
    { ...event, type: 'cancelled', decisionId: 'd2', reason: 'bought', at: SINCE + 1 },
    { ...event, type: 'cancelled', decisionId: 'd1', reason: 'expired', at: SINCE + 2 },
  ];
  const producer = await broker.producer();
  for (const [sequence, each] of events.entries()) {
    const value = INTERVENTION_EVENTS.encode(each, { id: `e${sequence}`, sequence });
    await producer.append(INTERVENTION_EVENTS.name, 0, [{ key: 'main/ann', value, headers: {}, at: each.at }]);
  }
  await producer.close();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-rewind-'));
  await chmod(folder, 0o755); // as root, PostgreSQL runs as another user
  await withFolder(async (resources) => {
    await migrate(resources.database);
    await prepareTopics(resources, 1);
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm run rewind', () => {
  it('knows every stage', () => {
    expect(STAGES.map(({ name }) => name)).toEqual(DEAD_LETTER_TASKS);
  });

  it('has nothing to do where the database is as new as the log', async () => {
    const { stdout, stderr } = await command('--yes');
    expect(stdout).toMatch(/nothing to do/);
    expect(stderr).toBe('');
  });

  it('waits for Holdfast to be stopped, and says so', async () => {
    const { stdout, stderr } = await withFolder(() => command());
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('stop')]);
  });

  it('says what an older backup means, and does it only when told to', async () => {
    await withFolder(async (resources) => {
      await isBehind(resources, { name: 'features', input: BEHAVIOR_EVENTS }, 3, 1);
      await isBehind(resources, { name: 'dispatch', input: CUSTOMER_RISK }, 5, 5);
    });
    const plan = await command();
    expect(plan.stdout).toMatch(/features +2 records in 1 partitions, from 2026-08-02T10:00:00.000Z on/);
    expect(plan.stdout).not.toMatch(/dispatch/);
    expect(await command()).toEqual(plan);

    await withFolder(({ database }) => database.query("update owners set position = 4 where task = 'dispatch'"));
    expect((await command()).stdout).toMatch(/dispatch +1 records/);
    await withFolder(({ broker }) => tell(broker));
    expect((await command('--yes')).stdout).toMatch(/^Done: what became of 2 messages is noted. Start the services/);
    const noted = 'select decision_id as id, state, reason, at from told_outcomes order by 1';
    expect(await withFolder(({ database }) => database.query(noted))).toEqual([
      { id: 'd1', state: 'sent', reason: null, at: SINCE },
      { id: 'd2', state: 'cancelled', reason: 'bought', at: SINCE + 1 },
    ]);
    expect(await withFolder((resources) => planRewind(resources, STAGES))).toEqual([]);
    expect((await command()).stdout).toMatch(/nothing to do/);
  });

  it('refuses an option that there is not', async () => {
    expect((await command('--force')).stderr).toMatch(/^Unknown option '--force'. `npm run rewind -- --help` shows/);
  });
});
