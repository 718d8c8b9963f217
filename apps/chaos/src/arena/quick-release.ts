// The shipped model with its clock sped up: what takes a shop's customer a quarter takes ours 45 seconds, or less. So silence fires
// within a scenario, at instants that differ from customer to customer as they do in earnest.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Artifact, decodeArtifact, encodeArtifact } from '@holdfast/model';

import { repositoryRoot } from './repository.js';

/** Horizon of the sped-up model, s. Its customers lapse after twice that. */
export const HORIZON_SECONDS = 45;

/** Writes the sped-up release into `directory` and resolves to its hash. `seed` makes releases that differ in nothing else. */
export async function writeQuickRelease(
  directory: string,
  seed = 1,
  horizonSeconds = HORIZON_SECONDS,
): Promise<string> {
  const models = join(repositoryRoot, 'models');
  const champion = (await readFile(join(models, 'champion'), 'utf8')).trim();
  const shipped = decodeArtifact(await readFile(join(models, `${champion}.json`)));
  const bytes = encodeArtifact({ ...spedUp(shipped, horizonSeconds / 86_400), seed });
  const hash = createHash('sha256').update(bytes).digest('hex');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, `${hash}.json`), bytes);
  return hash;
}

function spedUp(artifact: Artifact, horizonDays: number): Artifact {
  const factor = horizonDays / artifact.horizonDays;
  return {
    ...artifact,
    scale: { ...artifact.scale, horizonDays: artifact.scale.horizonDays * factor },
    knotsDays: artifact.knotsDays.map((days) => days * factor),
    activeDays: artifact.activeDays * factor,
    horizonDays,
  };
}
