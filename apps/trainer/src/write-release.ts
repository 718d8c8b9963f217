// A release on disk: <sha256>.json, its report, and `champion`, which names the one that a new installation serves. Files appear whole
// or not at all.
import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { encodeArtifact } from '@holdfast/model';
import { type Release, reportOf } from '@holdfast/training';

/** Writes a release and returns its hash. */
export async function writeRelease(release: Release, folder: string): Promise<{ hash: string; report: string }> {
  const bytes = encodeArtifact(release.artifact);
  const hash = createHash('sha256').update(bytes).digest('hex');
  const report = reportOf(release, hash);
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, `${hash}.json`), bytes);
  await writeWhole(join(folder, `${hash}.report.md`), report);
  await writeWhole(join(folder, 'champion'), `${hash}\n`);
  return { hash, report };
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, content);
  await rename(draft, path);
}
