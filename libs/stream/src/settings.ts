// How the runner paces itself. None of these changes what is written, only when.

/** Settings of the runner; all have defaults. */
export interface StreamSettings {
  /** A partition with changed customers is checkpointed this often; default 5,000. */
  readonly checkpointMs: number;
  /** A partition where only time and position moved is checkpointed this often, so that idling costs nothing; default 30,000. */
  readonly cleanCheckpointMs: number;
  /** … or as soon as this many customers have changed; also how far a partition runs ahead while PostgreSQL is away, with ten events for each of them; default 5,000. */
  readonly dirtyLimit: number;
  /** Most customers' states in memory, per partition, besides those not yet saved; default 20,000. */
  readonly cacheSize: number;
  /** How many coming wake-ups are known ahead, per partition; default 2,000. */
  readonly wakeWindow: number;
  /** A sink's records wait so long for company before their transaction; default 250. */
  readonly sinkLingerMs: number;
  /** Larger output records are dead letters; default 900 KB (Kafka takes 1 MB). */
  readonly maxOutputBytes: number;
  /** For how many days of stream time a message id is remembered; default 30. */
  readonly duplicateWindowDays: number;
  /** First and longest pause between attempts while the broker or the database is away; default 100 and 5,000. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

export const DEFAULT_STREAM_SETTINGS: StreamSettings = {
  checkpointMs: 5_000,
  cleanCheckpointMs: 30_000,
  dirtyLimit: 5_000,
  cacheSize: 20_000,
  wakeWindow: 2_000,
  sinkLingerMs: 250,
  maxOutputBytes: 900 * 1024,
  duplicateWindowDays: 30,
  backoffMs: 100,
  maxBackoffMs: 5_000,
};
