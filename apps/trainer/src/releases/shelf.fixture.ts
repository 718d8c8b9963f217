// For tests: releases whose risks are plain to see, and customers for them.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { type Artifact, encodeArtifact } from '@holdfast/model';

/** Customers buy every four days; every third one stops some day. */
export function historyText(): string {
  const rows = ['customer_id,occurred_at,type,order_id,amount,currency'];
  for (let i = 0; i < 240; i++) {
    const last = i % 3 === 0 ? 60 + (i % 60) : 120;
    for (let day = i % 4, n = 0; day < last; day += 4, n++)
      rows.push(`c${i},${new Date(Date.UTC(2024, 0, 1 + day, 9)).toISOString()},purchase,${i}-${n},20.00,EUR`);
  }
  return rows.join('\n');
}

/** Gives everybody the same logit: `bias` + `rise` · silence / H. */
export function artifact(bias: number, rise = 0): Artifact {
  const floats = (size: number) => new Float32Array(size);
  const [hidden, units, buckets, size] = [2, 2, 32, 4];
  return {
    ...{ version: 1, featureSet: FEATURE_SET_HASH, stepSize: STEP_SIZE, wideSize: WIDE_SIZE, hidden },
    embedding: { buckets, size, table: floats(buckets * size) },
    lstm: {
      kernel: floats((STEP_SIZE + size) * 4 * hidden),
      recurrent: floats(hidden * 4 * hidden),
      bias: floats(4 * hidden),
    },
    dense: { kernel: silenceAlone((hidden + WIDE_SIZE + 2) * units, units), bias: floats(units) },
    output: { kernel: Float32Array.of(rise, 0), bias },
    skip: floats(WIDE_SIZE),
    scaler: { mean: floats(WIDE_SIZE), deviation: floats(WIDE_SIZE).fill(1) },
    scale: { horizonDays: 14, medianOrderMinor: 2_000 },
    ...{ knotsDays: [0, 7, 14], calibration: { slope: 1 }, thresholds: { medium: 0.4, high: 0.7 }, hysteresis: 0.05 },
    ...{ activeDays: 28, horizonDays: 14, dataHash: 'd'.repeat(64), seed: 1 },
    metrics: { tests: [{ at: '2024-03-16T00:00:00.000Z', methods: { served: { auc: [0.5, 0.4, 0.6] } } }] },
  };
}

export async function shelve(folder: string, release: Artifact): Promise<string> {
  const bytes = encodeArtifact(release);
  const hash = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(folder, `${hash}.json`), bytes);
  return hash;
}

/** The last row is that of silence / H; its first unit takes it as it is. */
function silenceAlone(size: number, units: number): Float32Array {
  const kernel = new Float32Array(size);
  kernel[size - units] = 1;
  return kernel;
}
