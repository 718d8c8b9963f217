// The other way: thresholds from a file, or another release.
import { readdir, readFile } from 'node:fs/promises';

import { type Artifact } from '@holdfast/model';
import { championOf, type Models } from '@holdfast/tasks';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { ReplayRefused } from '../refusal.js';

const share = Type.Optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }));
const thresholds = Type.Object(
  { medium: share, high: share, hysteresis: Type.Optional(Type.Number({ minimum: 0, exclusiveMaximum: 1 })) },
  { additionalProperties: false },
);
/** What is to be otherwise; what is absent stays as it was. */
export type Thresholds = Static<typeof thresholds>;

/** Reads it. Throws {@link ReplayRefused} with a sentence. */
export async function readThresholds(file: string): Promise<Thresholds> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ReplayRefused(`${file} cannot be read (${error.code}): write what is to be otherwise, {"high": 0.65}.`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ReplayRefused(`${file} is not JSON: ${(error as Error).message}.`);
  }
  if (Value.Check(thresholds, value)) return value;
  const fault = Value.Errors(thresholds, value).First();
  throw new ReplayRefused(
    `${file} must be like {"medium": 0.45, "high": 0.65, "hysteresis": 0.05}; ${fault?.path || 'it'}: ${fault?.message}.`,
  );
}

/** The whole hash of a release that begins so. Throws {@link ReplayRefused}. */
export async function findRelease(folder: string, start: string): Promise<string> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const found = names.flatMap((name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? []);
  const [hash, ...more] = found.filter((name) => name.startsWith(start.toLowerCase()));
  if (hash !== undefined && more.length === 0) return hash;
  throw new ReplayRefused(
    `${hash === undefined ? 'No release' : 'More than one release'} in ${folder} begins with ${start}: \`npm run releases -- list\` names them.`,
  );
}

/**
 * The releases of a log as they would have been. `model`: judges in place of all of them. `get` throws {@link ReplayRefused} when thresholds
 * make no sense together.
 */
export function otherwise(models: Models, { medium, high, hysteresis }: Thresholds, model: string | null): Models {
  const made = new Map<Artifact, Artifact>();
  return {
    get(hash) {
      const artifact = championOf(models, model ?? hash);
      let other = made.get(artifact);
      if (!other) {
        const tiers = { medium: medium ?? artifact.thresholds.medium, high: high ?? artifact.thresholds.high };
        if (tiers.medium >= tiers.high)
          throw new ReplayRefused(
            `The medium tier would begin at ${tiers.medium} and the high one at ${tiers.high}: name both.`,
          );
        made.set(artifact, (other = { ...artifact, thresholds: tiers, hysteresis: hysteresis ?? artifact.hysteresis }));
      }
      return other;
    },
  };
}
