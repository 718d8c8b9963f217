// The release by which what customers do next is judged.
import { countChampions, type Transaction } from '@holdfast/postgres';
import { type Champion } from '@holdfast/risk';

import { type Models } from '../models.js';

/** What most partitions of scoring judge by; null: none of them has begun, or the release is not at hand. */
export async function readChampion(db: Transaction, models: Models): Promise<Champion | null> {
  const [most] = await countChampions(db);
  const artifact = most && (await models.get(most.artifact));
  return artifact ? { hash: most.artifact, artifact } : null;
}
