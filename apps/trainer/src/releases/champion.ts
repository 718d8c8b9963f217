// Which release scores. The log decides, partition by partition; what scoring has come to, and what was asked for, is in the database.
import { countChampions, listPromotions, notePromotion, type Promotion } from '@holdfast/postgres';
import { appendRelease, type Resources } from '@holdfast/stream';

import { ReleaseRefused } from './shelf.js';

/** What is known of it. */
export interface Reign {
  /** Hash of the last one that was promoted, else of the one that scores. */
  readonly champion: string;
  /** Partitions by the release that scores there, as of their last checkpoints. */
  readonly scoring: ReadonlyMap<string, number>;
  /** Oldest first. */
  readonly promotions: readonly Promotion[];
}

/** Throws {@link ReleaseRefused} where nothing has been scored yet. */
export async function readReign({ database }: Resources): Promise<Reign> {
  const [counts, promotions] = await Promise.all([countChampions(database), listPromotions(database)]);
  const scoring = new Map(counts.filter(({ artifact }) => artifact !== '').map((of) => [of.artifact, of.partitions]));
  const champion = promotions.at(-1)?.artifact ?? [...scoring.keys()][0];
  if (champion === undefined)
    throw new ReleaseRefused('Nothing has been scored here yet: start Holdfast once, then promote.');
  return { champion, scoring, promotions };
}

/** Noted first: killed in between, the command is run again, and a release that takes over a second time changes nothing. */
export async function takeOver({ broker, database }: Resources, artifact: string, { champion }: Reign): Promise<void> {
  const at = Date.now();
  await notePromotion(database, { at, artifact, insteadOf: champion });
  await appendRelease(broker, artifact, at);
}
