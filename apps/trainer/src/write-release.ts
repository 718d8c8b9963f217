// A release on disk: <sha256>.json, its report, and `champion`, which names the one that a new installation serves. Files appear whole
// or not at all.
import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Artifact, decodeArtifact, encodeArtifact } from '@holdfast/model';
import { type Release, reportOf } from '@holdfast/training';

/** Writes a release and makes it the one that a new installation serves; returns its hash. */
export async function writeRelease(release: Release, folder: string): Promise<{ hash: string; report: string }> {
  let report = '';
  const hash = await writeArtifact(release.artifact, folder, (name) => (report = reportOf(release, name)));
  await makeChampion(hash, folder);
  return { hash, report };
}

/** Names the release that a new installation serves. */
export const makeChampion = (hash: string, folder: string): Promise<void> =>
  writeWhole(join(folder, 'champion'), `${hash}\n`);

/** Writes an artifact with its report; returns its hash. Throws `ArtifactError` when nobody could serve it. */
export async function writeArtifact(
  artifact: Artifact,
  folder: string,
  reportOn: (hash: string) => string,
): Promise<string> {
  const bytes = encodeArtifact(artifact);
  decodeArtifact(bytes);
  const hash = createHash('sha256').update(bytes).digest('hex');
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, `${hash}.json`), bytes);
  await writeWhole(join(folder, `${hash}.report.md`), reportOn(hash));
  return hash;
}

export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, content);
  await rename(draft, path);
}
