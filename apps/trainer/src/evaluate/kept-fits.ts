// Fits that are done, in a folder beside the results, until all are: an evaluation that was interrupted goes on from there. They are
// told apart by what they were made of: the data, the cut-offs, the code.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type FitRequest, type FitResult } from './fit-result.js';

const base64 = (values: Float64Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
const floats = (text: string): Float64Array => new Float64Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);

interface Written extends Omit<FitResult, 'validation' | 'tests' | 'grids'> {
  readonly validation: string;
  readonly tests: readonly string[];
  readonly grids: string | null;
}

export class KeptFits {
  readonly #all: string;
  /** Of the same ingredients. */
  readonly #folder: string;

  /** `made`: whatever a fit depends on. */
  constructor(json: string, made: unknown) {
    this.#all = `${json}.fits`;
    const hash = createHash('sha256').update(JSON.stringify(made)).digest('hex');
    this.#folder = join(this.#all, hash.slice(0, 16));
  }

  /** Those of an earlier run with the same ingredients. */
  async read(): Promise<FitResult[]> {
    const names = await readdir(this.#folder).catch(() => [] as string[]);
    const texts = names
      .filter((name) => name.endsWith('.json'))
      .map((name) => readFile(join(this.#folder, name), 'utf8'));
    return (await Promise.all(texts))
      .map((text) => JSON.parse(text) as Written)
      .map((fit) => ({
        ...fit,
        validation: floats(fit.validation),
        tests: fit.tests.map(floats),
        grids: fit.grids === null ? null : floats(fit.grids),
      }));
  }

  /** Whole or not at all. */
  async keep(fit: FitResult): Promise<void> {
    const written: Written = {
      ...fit,
      validation: base64(fit.validation),
      tests: fit.tests.map(base64),
      grids: fit.grids === null ? null : base64(fit.grids),
    };
    await mkdir(this.#folder, { recursive: true });
    const path = this.#pathOf(fit);
    await writeFile(`${path}.tmp`, JSON.stringify(written));
    await rename(`${path}.tmp`, path);
  }

  /** These are in the results. Others, of runs that were interrupted, stay. */
  async forget(fits: readonly FitRequest[]): Promise<void> {
    await Promise.all(fits.map((fit) => rm(this.#pathOf(fit), { force: true })));
    for (const folder of [this.#folder, this.#all]) await rmdir(folder).catch(() => {}); // it may hold others
  }

  #pathOf({ key, seed }: FitRequest): string {
    return join(this.#folder, `${key}-${seed}.json`);
  }
}
