// Which release scores. The log decides, partition by partition; what scoring has come to, and what was asked for, is in the database.
import {
  countChampions,
  listPromotions,
  notePromotion,
  type Promotion,
  promotionIsWritten,
  whilePromoting,
} from '@holdfast/postgres';
import { appendRelease, type Resources } from '@holdfast/stream';

import { ReleaseRefused } from './refusal.js';

/** What is known of it. */
export interface Reign {
  /** Hash of the last one that was promoted, else of the one that scores. */
  readonly champion: string;
  /** What a rollback goes back to; null: nothing has been promoted. */
  readonly before: string | null;
  /** Partitions by the release that scores there, as of their last checkpoints. */
  readonly scoring: ReadonlyMap<string, number>;
  /** Oldest first. */
  readonly promotions: readonly Promotion[];
}

/** Throws {@link ReleaseRefused} where nothing has been scored yet. */
export async function readReign({ database }: Resources): Promise<Reign> {
  const [counts, promotions] = await Promise.all([countChampions(database), listPromotions(database)]);
  const scoring = new Map(counts.filter(({ artifact }) => artifact !== '').map((of) => [of.artifact, of.partitions]));
  const stack = promotions.slice(0, 1).map(({ insteadOf }) => insteadOf);
  for (const { kind, artifact } of promotions) {
    if (kind === 'promote') stack.push(artifact);
    else stack.pop();
  }
  const champion = promotions.at(-1)?.artifact ?? [...scoring.keys()][0];
  if (champion === undefined)
    throw new ReleaseRefused('Nothing has been scored here yet: start Holdfast once, then promote.');
  return { champion, before: stack.at(-2) ?? null, scoring, promotions };
}

/** True when it scores everywhere already. */
export const isEverywhere = ({ scoring }: Reign, hash: string): boolean => scoring.size === 1 && scoring.has(hash);

/** The last one, when it was cut short. */
export const cutShort = ({ promotions }: Reign): Promotion | null => {
  const last = promotions.at(-1);
  return last && !last.isWritten ? last : null;
};

/** Writes the records of one that has been noted: for the first time, or once more. */
export async function write({ broker, database }: Resources, promotion: Promotion): Promise<void> {
  await appendRelease(broker, promotion.artifact, promotion.at);
  await promotionIsWritten(database, promotion);
}

/** Noted first, so that it can be finished when it is cut short. Throws {@link ReleaseRefused} when another one comes in between. */
export async function takeOver(
  place: Resources,
  { kind, artifact }: Pick<Promotion, 'kind' | 'artifact'>,
  known: Reign,
): Promise<void> {
  const isMine = await whilePromoting(place.database, async () => {
    const { champion, promotions } = await readReign(place);
    if (promotions.length !== known.promotions.length) throw new ReleaseRefused(IN_BETWEEN);
    await write(place, await notePromotion(place.database, { at: Date.now(), kind, artifact, insteadOf: champion }));
  });
  if (!isMine) throw new ReleaseRefused(IN_BETWEEN);
}

const IN_BETWEEN = 'Somebody else has promoted a release meanwhile: look at the list, and decide again.';
