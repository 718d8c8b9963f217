// A release for tests: it knows nothing, but has the knots and thresholds that seeded curves are drawn for.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { encodeArtifact } from '@holdfast/model';

import { KNOTS } from './seeded-shop.fixture.js';

/** Writes it to a folder and returns its hash. */
export async function writeSeededRelease(directory: string): Promise<string> {
  const [hidden, wideSize, stepSize, units] = [2, 3, 3, 2];
  const floats = (length: number) => new Float32Array(length);
  const bytes = encodeArtifact({
    version: 1,
    featureSet: 'seed',
    stepSize,
    wideSize,
    hidden,
    embedding: { buckets: 64, size: 4, table: floats(256) },
    lstm: {
      kernel: floats((stepSize + 4) * 4 * hidden),
      recurrent: floats(hidden * 4 * hidden),
      bias: floats(4 * hidden),
    },
    dense: { kernel: floats((hidden + wideSize + 2) * units), bias: floats(units) },
    output: { kernel: floats(units), bias: 0 },
    skip: floats(wideSize),
    scaler: { mean: floats(wideSize), deviation: floats(wideSize).fill(1) },
    scale: { horizonDays: 90, medianOrderMinor: 3_000 },
    knotsDays: KNOTS,
    calibration: { slope: 1 },
    thresholds: { medium: 0.6, high: 0.78 },
    hysteresis: 0.05,
    activeDays: 180,
    horizonDays: 90,
    metrics: {},
    dataHash: 'seed',
    seed: 1,
  });
  const hash = createHash('sha256').update(bytes).digest('hex');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, `${hash}.json`), bytes);
  return hash;
}
