// Makes the data folder of an embedded server: UTF-8, texts compared byte by byte (locale C.UTF-8, built in), a random password.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Account } from './embedded-account.js';
import { type Binaries } from './embedded-binaries.js';

const call = promisify(execFile);

const DRAFT = 'data.new';

/** Runs initdb unless the folder already holds a database. What interrupted attempts left is removed. */
export async function createCluster(directory: string, binaries: Binaries, account: Account): Promise<void> {
  await removeDrafts(directory);
  const data = join(directory, 'data');
  if (await exists(data)) return;
  // A name of its own: the initdb of a Node that was killed lives on, and cleans up after itself when it fails.
  const draft = join(directory, `${DRAFT}.${randomBytes(4).toString('hex')}`);
  const password = join(directory, 'password');
  await writeFile(password, randomBytes(24).toString('hex'), { mode: 0o600 });
  if ('uid' in account) await chown(password, account.uid!, account.gid!);
  try {
    await call(
      binaries.initdb,
      [
        ...['--pgdata', draft, '--username', 'holdfast', '--pwfile', password, '--auth', 'scram-sha-256'],
        ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
        '--no-sync',
      ],
      account,
    );
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
    throw new Error(`The embedded PostgreSQL could not be set up in ${directory}: ${said}`, { cause: error });
  }
  // Renamed when complete: a kill in the middle leaves a draft, never half a database.
  await rename(draft, data);
}

/** A draft that its initdb is still writing cannot always be removed: the next start does. */
async function removeDrafts(directory: string): Promise<void> {
  for (const name of await readdir(directory))
    if (name.startsWith(DRAFT))
      await rm(join(directory, name), { recursive: true, force: true }).catch(() => undefined);
}

/** The password of the user `holdfast`. */
export const passwordOf = (directory: string): Promise<string> => readFile(join(directory, 'password'), 'utf8');

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
