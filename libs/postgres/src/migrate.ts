// Brings the schema up to date. Every service calls it at start; an advisory lock lets one of them do it.
import { type Database } from './database.js';

// Any constant will do, as long as nobody else on this server uses it.
const LOCK = 7_305_194_221;

/** Runs the migrations that are missing, each in its own transaction. Safe to call from many processes at once. */
export async function migrate(database: Database): Promise<void> {
  const runner = database.source.createQueryRunner();
  try {
    await runner.query('select pg_advisory_lock($1)', [LOCK]);
    try {
      await database.source.runMigrations();
    } finally {
      await runner.query('select pg_advisory_unlock($1)', [LOCK]);
    }
  } finally {
    await runner.release();
  }
}
