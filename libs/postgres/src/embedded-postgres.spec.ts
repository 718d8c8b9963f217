import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openDatabase } from './database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { migrate } from './migrate.js';

describe('the embedded PostgreSQL', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-postgres-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  it('starts, migrates from several connections at once, keeps its data and says who uses its folder', async () => {
    const first = await startEmbeddedPostgres({ directory, durable: false });
    const databases = await Promise.all([1, 2, 3].map(() => openDatabase(first.url, { poolSize: 2 })));
    await Promise.all(databases.map(migrate));
    const database = databases[0]!;
    expect(await database.query('select count(*) from owners')).toEqual([{ count: 0 }]);
    expect(await database.query('select $1::bigint as big, $2::bytea as bytes', [2 ** 52, Buffer.from('a')])).toEqual([
      { big: 2 ** 52, bytes: Buffer.from('a') },
    ]);
    expect(await database.query("select datcollate from pg_database where datname = 'postgres'")).toHaveLength(1);
    await database.query("insert into topics (name, log_id, partitions) values ('a', 'b', 1)");
    await expect(
      database.transaction(async (transaction) => {
        await transaction.query("delete from topics where name = 'a'");
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await expect(startEmbeddedPostgres({ directory })).rejects.toThrow(/is in use by process \d+/);
    await Promise.all(databases.map((each) => each.close()));
    await first.stop();

    const second = await startEmbeddedPostgres({ directory, durable: false });
    const again = await openDatabase(second.url);
    expect(await again.query('select name from topics')).toEqual([{ name: 'a' }]);
    await again.ping();
    await again.close();
    await second.stop();
    await expect(openDatabase(second.url)).rejects.toThrow(/PostgreSQL does not answer .* check DATABASE_URL/);
  });

  it('stops a server whose Node was killed, and starts anew', async () => {
    const other = startElsewhere(directory);
    await other.started;
    const pid = Number((await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    await other.kill();
    const server = await startEmbeddedPostgres({ directory, durable: false });
    // Gone, or dead and not yet collected by a parent.
    expect(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')).toContain(') Z');
    await answersAndStops(server);
  });

  it('starts although the initdb of a Node that was killed still goes on', async () => {
    const fresh = join(directory, 'fresh');
    await mkdir(fresh);
    const watcher = watch(fresh);
    const drafted = new Promise<void>((resolve) => {
      watcher.on('change', (_, name) => String(name).startsWith('data.new') && resolve());
    });
    const other = startElsewhere(fresh);
    await Promise.race([drafted, other.started]);
    await other.kill();
    watcher.close();
    await answersAndStops(await startEmbeddedPostgres({ directory: fresh, durable: false }));
    // The next start finds at most what that initdb has written since.
    await answersAndStops(await startEmbeddedPostgres({ directory: fresh, durable: false }));
    expect((await readdir(fresh)).filter((name) => name.startsWith('data.'))).toEqual([]);
  });
});

const answersAndStops = async (server: EmbeddedPostgres): Promise<void> => {
  const database = await openDatabase(server.url);
  await database.ping();
  await database.close();
  await server.stop();
};

/** Starts the server of a folder in another Node. */
function startElsewhere(directory: string): { readonly started: Promise<void>; kill(): Promise<void> } {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./embedded-postgres.ts', import.meta.url).href)};
    await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, durable: false });
    console.log('started');
    setInterval(() => undefined, 1000);`;
  const child = spawn(
    process.execPath,
    ['--import', '@swc-node/register/esm-register', '--input-type=module', '-e', script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, SWC_NODE_PROJECT: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) },
    },
  );
  const exited = once(child, 'exit');
  const started = Promise.race([
    once(child.stdout, 'data'),
    exited.then(([code]) => Promise.reject(new Error(`ended with ${code} before it started the server`))),
  ]);
  started.catch(() => undefined); // also where nobody waits for it
  return {
    started: started.then(() => undefined),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
