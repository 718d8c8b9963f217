// Compares what a stage has stored of a partition with what an undisturbed run ends with, bit by bit.
import { type Transaction } from '@holdfast/postgres';
import { DAY } from '@holdfast/schemas';
import { type FoldedCustomer, type UndisturbedFold } from '@holdfast/stream';

import { type Findings } from './findings.js';
import { type OwnerRow, readMessageIds, readOwner, readStates, type StateRow } from './stored-rows.js';

/** `end`: offset after the last record of the partition's input. */
interface Options {
  readonly database: Transaction;
  readonly partition: number;
  readonly end: number;
  readonly findings: Findings;
}

export async function compareStored(fold: UndisturbedFold, options: Options): Promise<void> {
  const { database, partition, end, findings } = options;
  const task = fold.task.name;
  const stage = { task, partition };
  const owner = await readOwner(database, stage);
  const area = `checkpoints of ${task}`;
  if (!owner) {
    if (end > 0) findings.fault(area, `${task} has no checkpoint of partition ${partition}, which has ${end} records.`);
    return;
  }
  for (const complaint of fold.complaints)
    findings.fault(area, `Input of ${task}, partition ${partition}: ${complaint}.`);
  if (owner.position !== end) {
    // Whatever else differs follows from this.
    findings.fault(area, `${task} stands at offset ${owner.position} of partition ${partition}, which ends at ${end}.`);
    return;
  }
  for (const [what, [stored, undisturbed]] of Object.entries(progressOf(owner, fold)))
    if (stored !== undisturbed)
      findings.fault(area, `${task}, partition ${partition}: ${what} is ${stored}, undisturbed ${undisturbed}.`);
  await compareStates(fold, options);
  await compareMessageIds(fold, options);
}

/** Each as it is stored and as it is undisturbed. */
function progressOf(owner: OwnerRow, fold: UndisturbedFold): Record<string, readonly [unknown, unknown]> {
  const { source, sharedBytes, task } = fold;
  return {
    'number of outputs of the next record': [owner.outputs, 0],
    'number of dead letters of the next record': [owner.letters, 0],
    time: [owner.now, fold.now],
    'number of duplicates': [owner.duplicates, fold.duplicates],
    'log of the last source': [owner.sourceLog, source?.logId ?? null],
    'offset of the last source': [owner.sourceOffset, source?.offset ?? null],
    'index of the last source': [owner.sourceIndex, source?.index ?? null],
    'version of the shared state': [owner.sharedVersion, sharedBytes && task.shared!.codec.version],
    'shared state': [textOf(owner.shared), textOf(sharedBytes)],
  };
}

const textOf = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString('base64');

async function compareStates(fold: UndisturbedFold, { database, partition, findings }: Options): Promise<void> {
  const { task, customers } = fold;
  const area = `states of ${task.name}`;
  const whose = (key: string) => `The state of ${key} in ${task.name} (partition ${partition})`;
  let known = 0;
  for (const { isKnown } of customers.values()) if (isKnown) known += 1;
  for await (const rows of readStates(database, { task: task.name, partition }))
    for (const row of rows) {
      const customer = customers.get(row.key);
      if (!customer?.isKnown) {
        findings.double(area, `${whose(row.key)} would not exist undisturbed.`);
        continue;
      }
      known -= 1;
      customer.isKnown = false; // so that those left over are those not stored
      const difference = differenceOf(row, customer, task.state);
      if (difference !== null)
        findings.fault(area, `${whose(row.key)} differs from the undisturbed one: ${difference}.`);
    }
  if (known === 0) return;
  for (const { key, isKnown } of customers.values()) if (isKnown) findings.lose(area, `${whose(key)} is missing.`);
}

/** null: none. */
function differenceOf(
  row: StateRow,
  { state, inSequence, outSequence, wakeAt }: FoldedCustomer,
  codec: { readonly version: number; encode(state: unknown): Uint8Array },
): string | null {
  if (row.inSequence !== inSequence) return `it has read ${row.inSequence} records, not ${inSequence}`;
  if (row.outSequence !== outSequence) return `it has written ${row.outSequence} records, not ${outSequence}`;
  if (row.wakeAt !== wakeAt) return `it wakes at ${row.wakeAt}, not at ${wakeAt}`;
  const [version, bytes] = state === undefined ? [0, Buffer.alloc(0)] : [codec.version, codec.encode(state)];
  if (row.version !== version) return `its version is ${row.version}, not ${version}`;
  if (Buffer.compare(row.bytes, bytes) === 0) return null;
  const byte = bytes.findIndex((each, i) => row.bytes[i] !== each);
  return `from byte ${byte < 0 ? bytes.length : byte} on`;
}

async function compareMessageIds(fold: UndisturbedFold, { database, partition, findings }: Options): Promise<void> {
  const { task, messageIds } = fold;
  const area = `message ids of ${task.name}`;
  const where = `of ${task.name}, partition ${partition}`;
  const stored = new Map(
    (await readMessageIds(database, { task: task.name, partition })).map(({ id, day }) => [id, day] as const),
  );
  for (const [id, day] of stored)
    if (messageIds.get(id) !== day)
      findings.fault(area, `${id} ${where} counts from day ${day}, undisturbed ${messageIds.get(id) ?? 'not at all'}.`);
  const forgotten = Math.floor(fold.now / DAY) - fold.duplicateWindowDays;
  for (const [id, day] of messageIds)
    if (!stored.has(id) && day >= forgotten) findings.fault(area, `${id} ${where} is not remembered.`);
}
