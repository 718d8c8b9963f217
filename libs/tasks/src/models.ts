// The model releases on disk, named by the SHA-256 of their bytes. Read once, then kept: a log names few of them.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { type Artifact, ArtifactError, decodeArtifact } from '@holdfast/model';

/** Releases by hash. Synchronous, so that the task stays a plain function. */
export interface Models {
  /** The artifact. Throws `ArtifactError` with a sentence when it is missing or damaged. */
  get(hash: string): Artifact;
}

/** The releases in `directory`, files `<hash>.json`. */
export function openModels(directory: string): Models {
  const known = new Map<string, Artifact>();
  return {
    get(hash) {
      let artifact = known.get(hash);
      if (!artifact) known.set(hash, (artifact = readArtifact(directory, hash)));
      return artifact;
    },
  };
}

function readArtifact(directory: string, hash: string): Artifact {
  const file = join(directory, `${hash}.json`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new ArtifactError(`The model release ${file} cannot be read: put the file back; the log names it.`);
  }
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== hash) {
    throw new ArtifactError(`The model release ${file} was changed (its hash is ${actual}): copy the original again.`);
  }
  return decodeArtifact(bytes);
}

/** The artifact as champion: it must take the inputs that this build computes. Throws `ArtifactError`. */
export function championOf(models: Models, hash: string): Artifact {
  const artifact = models.get(hash);
  const fits =
    artifact.featureSet === FEATURE_SET_HASH && artifact.stepSize === STEP_SIZE && artifact.wideSize === WIDE_SIZE;
  if (!fits) {
    throw new ArtifactError(
      `The model release ${hash.slice(0, 12)} was trained on feature set ${artifact.featureSet}, but this build computes ` +
        `${FEATURE_SET_HASH}: train a new one (npm run train) and release it.`,
    );
  }
  return artifact;
}
