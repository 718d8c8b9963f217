// Model releases by hash, to draw curves with. One that is missing or damaged only costs the curve.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Artifact, decodeArtifact } from '@holdfast/model';

/** Finds releases in a folder, files `<hash>.json`; reads each once. */
export class Models {
  readonly #known = new Map<string, Promise<Artifact | undefined>>();

  constructor(private readonly directory: string) {}

  /** The release, or undefined when it cannot be read. */
  get(hash: string): Promise<Artifact | undefined> {
    let found = this.#known.get(hash);
    if (!found) {
      found = readFile(join(this.directory, `${hash}.json`))
        .then(decodeArtifact)
        .catch(() => undefined);
      this.#known.set(hash, found);
    }
    return found;
  }
}
