// The prior on disk.
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { type Artifact, decodeArtifact, encodeArtifact } from '@holdfast/model';
import { type GivenPrior } from '@holdfast/training';

import { writeWhole } from '../write-release.js';

/** Its name in a folder of releases. */
export const PRIOR_FILE = 'prior.json';

/** Null: there is no such file. Throws an `Error` with a plain sentence where it cannot be used. */
export async function readPrior(file: string): Promise<GivenPrior | null> {
  try {
    const bytes = await readFile(file);
    const artifact = decodeArtifact(bytes, { featureSet: FEATURE_SET_HASH, stepSize: STEP_SIZE, wideSize: WIDE_SIZE });
    const { shops = [] } = artifact.metrics as Partial<Pick<GivenPrior, 'shops'>>;
    return { artifact, hash: createHash('sha256').update(bytes).digest('hex'), shops };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(
      `The prior ${file} cannot be used: ${(error as Error).message} \`npm run prior\` makes one; --no-prior does without.`,
    );
  }
}

/** Returns its path. Throws `ArtifactError` when nobody could use it. */
export async function writePrior(artifact: Artifact, shops: GivenPrior['shops'], folder: string): Promise<string> {
  const bytes = encodeArtifact({ ...artifact, metrics: { shops } });
  decodeArtifact(bytes);
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, PRIOR_FILE), bytes);
  return join(folder, PRIOR_FILE);
}
