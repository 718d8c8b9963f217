// What lets an owner's statements through: its epoch is still the partition's, and the database has not gone back behind what this
// process saw it hold. An older backup has the owner's own epoch when nobody has taken the partition since.
import { type Ownership, type PartitionId, type Progress } from './checkpoint-store.js';

/** Holds for the row `o` of `owners` while it is the owner's; its parameters are {@link Fences.parameters}, $1 to $6. */
export const MINE = `o.task = $1 and o.partition = $2 and o.epoch = $3
  and (o.position, o.outputs, o.letters) >= ($4::bigint, $5::int, $6::int)`;

/** How far each partition was when this process last wrote or read it. */
export class Fences {
  private readonly seen = new Map<string, { readonly epoch: number; readonly progress: Progress }>();

  /** The database holds this, and may never hold less while the epoch lasts. */
  note({ epoch, ...id }: Ownership, progress: Progress): void {
    const name = nameOf(id);
    if ((this.seen.get(name)?.epoch ?? 0) <= epoch) this.seen.set(name, { epoch, progress });
  }

  parameters({ epoch, ...id }: Ownership): unknown[] {
    const last = this.seen.get(nameOf(id));
    const { position, outputs, letters } = last?.epoch === epoch ? last.progress : NOTHING;
    return [id.task, id.partition, epoch, position, outputs, letters];
  }
}

const NOTHING = { position: 0, outputs: 0, letters: 0 };
const nameOf = ({ task, partition }: PartitionId): string => `${task}/${partition}`;
