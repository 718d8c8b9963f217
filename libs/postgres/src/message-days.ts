// Message ids lie in one table partition per day, so that forgetting a day is dropping a table. That of {@link FOR_EVER} is there
// from the beginning and is never dropped.
import { type MessageId } from './checkpoint-store.js';
import { type Database } from './database.js';
import { FOR_EVER } from './replayed-letters.js';

// Makers and droppers of days take turns.
const LOCK = 7_305_194_222;
const MS_PER_DAY = 86_400_000;

export class MessageDays {
  private readonly made = new Set([FOR_EVER]);
  private making: Promise<void> = Promise.resolve();

  constructor(private readonly database: Database) {}

  /** Makes the days that `messageIds` need, by whole weeks: seldom, and in a fast replay not for every day anew. */
  make(messageIds: readonly MessageId[]): Promise<void> {
    if (messageIds.every(({ day }) => this.made.has(day))) return Promise.resolve();
    // One after the other: all partitions of a process need the same days at about the same time.
    const making = this.making.then(() => this.makeMissing(messageIds));
    this.making = making.catch(() => undefined);
    return making;
  }

  private async makeMissing(messageIds: readonly MessageId[]): Promise<void> {
    const weeks = new Set<number>();
    for (const { day } of messageIds) {
      if (!Number.isInteger(day)) throw new RangeError(`day must be a whole number, not ${day}`);
      if (!this.made.has(day)) weeks.add(Math.floor(day / 7) * 7);
    }
    if (weeks.size === 0) return;
    const days = [...weeks].flatMap((first) => Array.from({ length: 7 }, (_, i) => first + i));
    await this.database.transaction(async (transaction) => {
      await transaction.query('select pg_advisory_xact_lock($1)', [LOCK]);
      for (const day of days) {
        await transaction.query(
          `create table if not exists ${tableOf(day)} partition of message_ids for values from (${day}) to (${day + 1})`,
        );
      }
    });
    for (const day of days) this.made.add(day);
  }

  /** To be asked for again. */
  forget(): void {
    this.made.clear();
    this.made.add(FOR_EVER);
  }

  /** Drops the days that no owner of the task can need any more: more than `windowDays` before the slowest one's now. */
  async prune(task: string, windowDays: number): Promise<void> {
    const [slowest] = await this.database.query<{ now: number | null }>(
      'select min(now_ms) as now from owners where task = $1',
      [task],
    );
    const before = Math.floor((slowest?.now ?? 0) / MS_PER_DAY) - windowDays;
    const tables = await this.database.query<{ name: string }>(
      `select c.relname as name from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
       where i.inhparent = 'message_ids'::regclass`,
    );
    const old = tables.map(({ name }) => dayOf(name)).filter((day) => day < before);
    if (old.length === 0) return;
    await this.database.transaction(async (transaction) => {
      await transaction.query('select pg_advisory_xact_lock($1)', [LOCK]);
      await transaction.query(`drop table if exists ${old.map(tableOf).join(', ')}`);
    });
    for (const day of old) this.made.delete(day);
  }
}

const tableOf = (day: number): string => `message_ids_${day < 0 ? 'minus_' : ''}${Math.abs(day)}`;
const dayOf = (name: string): number => Number(name.replace('message_ids_', '').replace('minus_', '-'));
