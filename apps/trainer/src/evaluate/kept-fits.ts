// Fits that are done, in a folder beside the results, until all are: an evaluation that was interrupted goes on from there. They are
// told apart by what they were made of: the data, the cut-offs, the features.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type FitResult } from './fit-result.js';

const base64 = (values: Float64Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
const floats = (text: string): Float64Array => new Float64Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);

interface Written extends Omit<FitResult, 'validation' | 'tests'> {
  readonly made: string;
  readonly validation: string;
  readonly tests: readonly string[];
}

export class KeptFits {
  readonly #folder: string;
  readonly #made: string;

  /** `made`: whatever a fit depends on. */
  constructor(json: string, made: unknown) {
    this.#folder = `${json}.fits`;
    this.#made = createHash('sha256').update(JSON.stringify(made)).digest('hex');
  }

  /** Those of an earlier run with the same ingredients. */
  async read(): Promise<FitResult[]> {
    const names = await readdir(this.#folder).catch(() => [] as string[]);
    const fits = await Promise.all(
      names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(this.#folder, name), 'utf8')),
    );
    return fits
      .map((text) => JSON.parse(text) as Written)
      .filter(({ made }) => made === this.#made)
      .map(({ made: _, ...fit }) => ({ ...fit, validation: floats(fit.validation), tests: fit.tests.map(floats) }));
  }

  /** Whole or not at all. */
  async keep(fit: FitResult): Promise<void> {
    const written: Written = {
      ...fit,
      made: this.#made,
      validation: base64(fit.validation),
      tests: fit.tests.map(base64),
    };
    await mkdir(this.#folder, { recursive: true });
    const path = join(this.#folder, `${fit.key}-${fit.seed}.json`);
    await writeFile(`${path}.tmp`, JSON.stringify(written));
    await rename(`${path}.tmp`, path);
  }

  /** All are done, and in the results. */
  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
