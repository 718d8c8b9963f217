// What lets an owner's statements through: its epoch is still the partition's, and the database has not gone back behind what this
// process saw it hold. An older backup has the owner's own epoch when nobody has taken the partition since.
import { type Ownership, type PartitionId, type Progress } from './checkpoint-store.js';

/** Holds for the row `o` of `owners` while it is the owner's; its parameters are {@link Fences.parameters}, $1 to $6. */
export const MINE = `o.task = $1 and o.partition = $2 and o.epoch = $3
  and (o.position, o.outputs, o.letters) >= ($4::bigint, $5::int, $6::int)`;

/** Partitions that stand lower than this process has seen them; whose epoch has been raised are somebody else's affair. */
export const GONE_BACK = `select from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::int[], $6::int[])
    as seen (task, partition, epoch, position, outputs, letters)
  left join owners as o using (task, partition)
  where o.epoch is null or o.epoch < seen.epoch or (o.epoch = seen.epoch
    and (o.position, o.outputs, o.letters) < (seen.position, seen.outputs, seen.letters)) limit 1`;

/** How far each partition was when this process last wrote or read it. */
export class Fences {
  private readonly seen = new Map<string, Ownership & { readonly progress: Progress }>();

  /** The database holds this, and may never hold less while the epoch lasts. */
  note({ epoch, ...id }: Ownership, progress: Progress): void {
    const name = nameOf(id);
    if ((this.seen.get(name)?.epoch ?? 0) <= epoch) this.seen.set(name, { ...id, epoch, progress });
  }

  /** Partitions, and what the database may not hold less than: a parameter for each column of {@link GONE_BACK}. */
  columns(): unknown[][] {
    const all = [...this.seen.values()];
    return [
      all.map(({ task }) => task),
      all.map(({ partition }) => partition),
      all.map(({ epoch }) => epoch),
      all.map(({ progress }) => progress.position),
      all.map(({ progress }) => progress.outputs),
      all.map(({ progress }) => progress.letters),
    ];
  }

  parameters({ epoch, ...id }: Ownership): unknown[] {
    const last = this.seen.get(nameOf(id));
    const { position, outputs, letters } = last?.epoch === epoch ? last.progress : NOTHING;
    return [id.task, id.partition, epoch, position, outputs, letters];
  }
}

const NOTHING = { position: 0, outputs: 0, letters: 0 };
const nameOf = ({ task, partition }: PartitionId): string => `${task}/${partition}`;
