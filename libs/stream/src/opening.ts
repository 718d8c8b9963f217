// Takes ownership of a partition and opens its input exactly where the checkpoint says, or refuses with a sentence.
import { type Owned, type Ownership } from '@holdfast/postgres';

import { Fenced, Stopped } from './endings.js';
import { type Opened, type PartitionContext } from './partition-context.js';
import { retry, type RetryContext } from './retry.js';

export async function open(context: PartitionContext, again: RetryContext): Promise<Omit<Opened, 'hold'>> {
  const { id, store, settings, broker, topic } = context;
  const owned = await retry(again, () => store.own(id, settings.wakeWindow));
  if (!owned) throw new Fenced();
  const owner = { ...id, epoch: owned.epoch };
  await checkPosition(context, again, { owner, owned });
  const stream = broker.open(topic, id.partition, owned.progress.position);
  return { owner, owned, stream, signal: again.signal };
}

/** An old backup or expired data would silently double or lose records: nothing resets by itself. */
async function checkPosition(
  context: PartitionContext,
  again: RetryContext,
  { owner, owned }: { readonly owner: Ownership; readonly owned: Owned },
): Promise<void> {
  const complaint = await complain(context, again, owned.progress.position);
  if (!complaint) return;
  // Somebody newer may have moved on in between; then the complaint is theirs to make.
  if (!(await retry(again, () => context.store.load(owner, [])))) throw new Fenced();
  throw new Stopped(complaint);
}

async function complain(context: PartitionContext, again: RetryContext, position: number): Promise<string | null> {
  const { broker, topic, group, id } = context;
  const [allCommitted, allBounds] = await Promise.all([
    retry(again, () => broker.committed(group, topic)),
    retry(again, () => broker.bounds(topic)),
  ]);
  const committed = allCommitted[id.partition] ?? null;
  const bounds = allBounds[id.partition];
  const where = `Partition ${id.partition} of ${topic} for ${id.task}`;
  if (!bounds) return `${where} does not exist in the log any more: restore the log.`;
  if (position > bounds.end) {
    return `${where}: the checkpoint is at offset ${position}, but the log ends at ${bounds.end}. The log was lost or replaced: restore it, or start with an empty database and log.`;
  }
  if (position < bounds.start) {
    return `${where}: the checkpoint is at offset ${position}, but the log now starts at ${bounds.start}. Records expired before they were applied: restore a newer database or an older log.`;
  }
  if (committed !== null && position < committed) {
    return `${where}: the checkpoint is at offset ${position}, but ${committed} was reached before. The database is an old backup: restore a newer one, or go on from it with \`npm run rewind\`.`;
  }
  return null;
}
