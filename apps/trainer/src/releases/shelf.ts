// The releases in a folder, files `<sha256>.json` with their reports beside them.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { type Artifact, decodeArtifact } from '@holdfast/model';

import { ReleaseRefused } from './refusal.js';

/** A file that is a release, or why it cannot be served. */
export type Shelved = { readonly hash: string } & ({ readonly artifact: Artifact } | { readonly fault: string });

/** All of them, by hash. Throws {@link ReleaseRefused} when there is no such folder. */
export async function readShelf(folder: string): Promise<Shelved[]> {
  const names = await readdir(folder).catch(() => {
    throw new ReleaseRefused(`There is no folder ${folder}: name the one of the releases with --models.`);
  });
  const hashes = names.flatMap((name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? []).sort();
  return Promise.all(hashes.map((hash) => read(folder, hash)));
}

async function read(folder: string, hash: string): Promise<Shelved> {
  try {
    const bytes = await readFile(join(folder, `${hash}.json`));
    if (createHash('sha256').update(bytes).digest('hex') !== hash)
      return { hash, fault: 'The file was changed: its hash is not its name. Copy the original again.' };
    const expected = { featureSet: FEATURE_SET_HASH, stepSize: STEP_SIZE, wideSize: WIDE_SIZE };
    return { hash, artifact: decodeArtifact(bytes, expected) };
  } catch (error) {
    return { hash, fault: (error as Error).message };
  }
}

/** The one whose hash begins so. Throws {@link ReleaseRefused} when there is none, or several. */
export function findRelease(shelf: readonly Shelved[], start: string): Shelved {
  const found = shelf.filter(({ hash }) => hash.startsWith(start.toLowerCase()));
  if (found.length === 1) return found[0]!;
  throw new ReleaseRefused(
    found.length === 0
      ? `There is no release ${start}: \`npm run releases -- list\` names them.`
      : `${found.length} releases begin with ${start}: name more of it.`,
  );
}

/** Its artifact. Throws {@link ReleaseRefused} when it cannot be served. */
export function servable(release: Shelved): Artifact {
  if ('artifact' in release) return release.artifact;
  throw new ReleaseRefused(`The release ${release.hash.slice(0, 12)} cannot be served. ${release.fault}`);
}

/** A champion's artifact, by its whole hash. Throws {@link ReleaseRefused} when it is not in the folder, or cannot be served. */
export function findServable(shelf: readonly Shelved[], hash: string, folder: string): Artifact {
  const champion = shelf.find((release) => release.hash === hash);
  if (champion) return servable(champion);
  throw new ReleaseRefused(
    `The champion ${hash.slice(0, 12)} is not in ${folder}: name the folder that has it with --models or SCORING_MODELS_DIR, and copy others there.`,
  );
}

/** What was written when it was trained; null: there is no report. */
export const reportBeside = (folder: string, hash: string): Promise<string | null> =>
  readFile(join(folder, `${hash}.report.md`), 'utf8').catch(() => null);

/** Cut-offs that it was tested at, as its metrics have them. */
export function testedAt({ metrics }: Artifact): number[] {
  const { tests } = metrics as { readonly tests?: readonly { readonly at?: string }[] };
  return (tests ?? []).map(({ at }) => Date.parse(at ?? '')).filter(Number.isFinite);
}
