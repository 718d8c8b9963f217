// Between rows of the runner's tables and what the runner knows.
import { type Progress, type StoredCustomer } from './checkpoint-store.js';

/** Columns of `owners` that hold the progress, in the order of {@link progressValues}. */
export const PROGRESS_COLUMNS = [
  'position', 'outputs', 'letters', 'now_ms', 'source_log', 'source_offset', 'source_index', 'shared', 'shared_version',
  'duplicates',
] as const; // prettier-ignore

export type ProgressRow = {
  readonly position: number;
  readonly outputs: number;
  readonly letters: number;
  readonly now_ms: number;
  readonly source_log: string | null;
  readonly source_offset: number;
  readonly source_index: number;
  readonly shared: Uint8Array | null;
  readonly shared_version: number;
  readonly duplicates: number;
};

export function readProgress(row: ProgressRow): Progress {
  return {
    position: row.position,
    outputs: row.outputs,
    letters: row.letters,
    now: row.now_ms,
    source:
      row.source_log === null ? null : { logId: row.source_log, offset: row.source_offset, index: row.source_index },
    shared: row.shared === null ? null : { version: row.shared_version, bytes: row.shared },
    duplicates: row.duplicates,
  };
}

export const progressValues = (progress: Progress): unknown[] => [
  progress.position,
  progress.outputs,
  progress.letters,
  progress.now,
  progress.source?.logId ?? null,
  progress.source?.offset ?? null,
  progress.source?.index ?? null,
  progress.shared ? buffer(progress.shared.bytes) : null,
  progress.shared?.version ?? null,
  progress.duplicates,
];

export type CustomerRow = {
  readonly key: string;
  readonly version: number;
  readonly bytes: Uint8Array;
  readonly in_sequence: number;
  readonly out_sequence: number;
  readonly wake_at: number | null;
};

// A forgotten customer is a row of version 0 without bytes.
export const readCustomer = (row: CustomerRow): StoredCustomer => ({
  key: row.key,
  state: row.version === 0 ? null : { version: row.version, bytes: row.bytes },
  inSequence: row.in_sequence,
  outSequence: row.out_sequence,
  wakeAt: row.wake_at,
});

/**
 * All states in one run of bytes, and one array per column: key, version, start (from 1) and length of the state in those
 * bytes, in_sequence, out_sequence, wake_at. An array of byteas would travel as hexadecimal text, at twice the size.
 */
export function customerColumns(customers: readonly StoredCustomer[]): { bytes: Buffer; columns: unknown[][] } {
  const columns: unknown[][] = [[], [], [], [], [], [], []];
  const states: Uint8Array[] = [];
  let start = 1;
  for (const { key, state, inSequence, outSequence, wakeAt } of customers) {
    const length = state?.bytes.length ?? 0;
    const row = [key, state?.version ?? 0, start, length, inSequence, outSequence, wakeAt];
    for (let i = 0; i < row.length; i++) columns[i]!.push(row[i]);
    if (state) states.push(state.bytes);
    start += length;
  }
  return { bytes: Buffer.concat(states), columns };
}

const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
