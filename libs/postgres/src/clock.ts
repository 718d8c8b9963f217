// The clock stored beside a log (design §2): in `replay` from the first line of a replay to its last, then `live` for ever.
// Who holds it writes the ticks. All changes are single statements, so that of two processes one wins.
import { type Millis } from '@holdfast/schemas';

import { type Transaction } from './transaction.js';

/** The log whose time is told by ticks. */
export const CLOCK_LOG = 'behavior.events';

/** Which data set is replayed. The hash tells two files of one name apart. */
export interface ReplayIdentity {
  readonly name: string;
  readonly hash: string;
}

/** What has been read and taken in so far, kept with the line so that totals survive a kill. */
export interface ReplayCounts {
  readonly read: number;
  readonly accepted: number;
  /** By reason. */
  readonly rejected: Readonly<Record<string, number>>;
}

export interface ClockState {
  readonly mode: 'replay' | 'live';
  /** null: no replay has begun on this log. */
  readonly replay: (ReplayIdentity & { readonly weekShiftMs: number }) | null;
  /** Lines of the data set, in its order, whose effect is in the log. */
  readonly acknowledged: number;
  readonly counts: ReplayCounts;
  /** The largest tick written by a replay; null: none yet. */
  readonly lastTick: Millis | null;
}

interface Row {
  mode: 'replay' | 'live';
  replay_name: string | null;
  replay_hash: string | null;
  week_shift_ms: number | null;
  acknowledged: number;
  counts: Partial<ReplayCounts>;
  last_tick: number | null;
}

const COLUMNS = 'mode, replay_name, replay_hash, week_shift_ms, acknowledged, counts, last_tick';

/** The clock of a log; null when nobody has taken it yet. */
export async function readClock(database: Transaction, log = CLOCK_LOG): Promise<ClockState | null> {
  const [row] = await database.query<Row>(`select ${COLUMNS} from clock where log = $1`, [log]);
  return row === undefined ? null : toState(row);
}

/** Takes the clock of a new log in the given mode; one that exists stays what it is. Returns what it is now. */
export async function takeClock(database: Transaction, mode: ClockState['mode'], log = CLOCK_LOG): Promise<ClockState> {
  await database.query('insert into clock (log, mode) values ($1, $2) on conflict (log) do nothing', [log, mode]);
  return (await readClock(database, log))!;
}

/** Names the replay of a clock in `replay` mode, once. Returns what the clock is now: the caller compares. */
export async function beginReplay(
  database: Transaction,
  replay: ReplayIdentity & { readonly weekShiftMs: number },
  log = CLOCK_LOG,
): Promise<ClockState> {
  await takeClock(database, 'replay', log);
  await database.query(
    `update clock set replay_name = $2, replay_hash = $3, week_shift_ms = $4, updated_at = now()
     where log = $1 and mode = 'replay' and replay_name is null`,
    [log, replay.name, replay.hash, replay.weekShiftMs],
  );
  return (await readClock(database, log))!;
}

/** Progress of a replay: everything up to `acknowledged` is durable in the log. */
export interface ReplayProgress {
  readonly acknowledged: number;
  readonly counts: ReplayCounts;
  readonly lastTick: Millis | null;
}

/**
 * Stores progress that follows on `from`. False when the stored line is another one: somebody else replays the same log,
 * and this one must stop.
 */
export async function saveReplayProgress(
  database: Transaction,
  from: number,
  progress: ReplayProgress,
  log = CLOCK_LOG,
): Promise<boolean> {
  const rows = await database.query(
    `update clock set acknowledged = $3, counts = $4, last_tick = greatest(last_tick, $5), updated_at = now()
     where log = $1 and mode = 'replay' and acknowledged = $2 returning log`,
    [log, from, progress.acknowledged, JSON.stringify(progress.counts), progress.lastTick],
  );
  return rows.length === 1;
}

/** Ends the replay: from here on ingest writes the ticks. */
export async function goLive(database: Transaction, log = CLOCK_LOG): Promise<void> {
  await database.query(`update clock set mode = 'live', updated_at = now() where log = $1`, [log]);
}

function toState(row: Row): ClockState {
  const replay =
    row.replay_name === null || row.replay_hash === null || row.week_shift_ms === null
      ? null
      : { name: row.replay_name, hash: row.replay_hash, weekShiftMs: row.week_shift_ms };
  return {
    mode: row.mode,
    replay,
    acknowledged: row.acknowledged,
    counts: { read: 0, accepted: 0, rejected: {}, ...row.counts },
    lastTick: row.last_tick,
  };
}
