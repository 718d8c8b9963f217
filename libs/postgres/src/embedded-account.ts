// PostgreSQL refuses to run as root (containers, CI): there it runs as the user `postgres`, made when missing.
import { execFile } from 'node:child_process';
import { access, chmod, chown, constants, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, resolve, sep } from 'node:path';
import { promisify } from 'node:util';

const call = promisify(execFile);

/** Whom to run as; empty: as ourselves. */
export type Account = { readonly uid: number; readonly gid: number } | Record<string, never>;

/** The account the server runs under. Throws a sentence when there is none and none can be made. */
export async function findAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  return (
    (await lookUp()) ??
    (await (async () => {
      try {
        await call('groupadd', ['--force', '--system', 'postgres']);
        await call('useradd', ['--system', '--no-create-home', '-g', 'postgres', 'postgres']);
      } catch (error) {
        throw new Error(
          'PostgreSQL does not run as root and the user postgres could not be made: start Holdfast as an ordinary user.',
          { cause: error },
        );
      }
      return (await lookUp())!;
    })())
  );
}

async function lookUp(): Promise<Account | undefined> {
  try {
    const ids = await Promise.all(['-u', '-g'].map((flag) => call('id', [flag, 'postgres'])));
    return { uid: Number(ids[0]!.stdout), gid: Number(ids[1]!.stdout) };
  } catch {
    return undefined;
  }
}

/** Gives the folder to the account and checks that it can reach it. Throws a sentence when not. */
export async function allowInto(directory: string, account: Account): Promise<void> {
  if (!('uid' in account)) {
    await access(directory, constants.W_OK).catch(() => {
      throw new Error(`The folder ${directory} cannot be written to: choose another one or change its permissions.`);
    });
    return;
  }
  await chown(directory, account.uid!, account.gid!);
  await letThrough(directory, account, 'choose a data folder elsewhere');
}

/** Checks that the account can run a program of ours. Throws a sentence when not. */
export async function allowToRun(program: string, account: Account): Promise<void> {
  if ('uid' in account) await letThrough(program, account, 'put Holdfast elsewhere');
}

/** Checks that all folders above a path may be entered. `advice`: what to do when not. */
async function letThrough(below: string, account: Account, advice: string): Promise<void> {
  for (let path = resolve(below); dirname(path) !== path;) {
    path = dirname(path);
    const { mode, uid } = await stat(path);
    if ((mode & 0o001) === 0 && uid !== account.uid) {
      // A private folder made for a test: let through, but not let look.
      if (path.startsWith(resolve(tmpdir()) + sep)) {
        await chmod(path, (mode & 0o777) | 0o001);
        continue;
      }
      throw new Error(
        `As root the embedded PostgreSQL runs as the user postgres, who may not enter ${path}: ${advice}, or start Holdfast as an ordinary user.`,
      );
    }
  }
}
