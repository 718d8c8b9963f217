// A disk for PostgreSQL alone, small enough to be filled: a tmpfs. Where this machine allows no mounts, PostgreSQL is made to refuse
// what a full disk would make it refuse.
import { execFile } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Database } from '@holdfast/postgres';
import { type Closing } from '@holdfast/service';

const call = promisify(execFile);

/** What PostgreSQL and its journal need at least, and the load of a scenario. */
const SIZE = '1g';
/** First of big pieces, then of ever smaller ones, bytes. */
const PIECES = [16 * 1024 * 1024, 64 * 1024, 4 * 1024];

/** Mounts one at a folder that is still to be made; `closing` takes it away again. False: this machine allows no mounts. */
export async function mountSmallDisk(folder: string, closing: Closing): Promise<boolean> {
  await mkdir(folder);
  try {
    await call('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=755`, 'tmpfs', folder]);
  } catch {
    return false;
  }
  closing.add(() => call('umount', [folder]));
  return true;
}

/** Takes all that is left of the disk. */
export async function fillDisk(folder: string): Promise<void> {
  const file = await open(fillerIn(folder), 'w');
  try {
    for (const size of PIECES) while (await hasTaken(file, Buffer.alloc(size, 1)));
  } finally {
    await file.close();
  }
}

/** Gives it back. */
export const emptyDisk = (folder: string): Promise<void> => rm(fillerIn(folder));

const fillerIn = (folder: string): string => join(folder, 'filler');

async function hasTaken(file: Awaited<ReturnType<typeof open>>, bytes: Buffer): Promise<boolean> {
  try {
    return (await file.write(bytes)).bytesWritten === bytes.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

/** Tables in which every checkpoint of a stage, and every batch of dispatch, has something to insert. */
const TABLES = ['states', 'message_ids', 'skipped_decisions', 'decisions', 'payments', 'contacts'];

/** From now on the tables take nothing more, for the reason that a full disk gives. */
export async function refuseInserts(database: Database): Promise<void> {
  await database.query(`create or replace function disk_is_full() returns trigger language plpgsql as $$
    begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`);
  for (const table of TABLES)
    await database.query(`create trigger disk_is_full before insert on ${table} execute function disk_is_full()`);
}

export async function takeInserts(database: Database): Promise<void> {
  for (const table of TABLES) await database.query(`drop trigger disk_is_full on ${table}`);
}
