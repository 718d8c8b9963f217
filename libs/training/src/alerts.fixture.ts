// Customers whose risk is as a test wants it.
import { WIDE_SIZE } from '@holdfast/features';
import { type Artifact, logit } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { type RiskTrack } from './alerts.js';
import { firstWeights, LSTM_WIDE } from './networks/network.js';
import { randomFor } from './random.js';
import { artifactOf } from './served.js';

export const artifact: Artifact = artifactOf(firstWeights(LSTM_WIDE, randomFor(1, 'w')), {
  horizonDays: 90,
  activeDays: 180,
  medianOrderMinor: 1_000,
  scaler: { mean: new Float32Array(WIDE_SIZE), deviation: new Float32Array(WIDE_SIZE).fill(1) },
  seed: 1,
});
export const period = { from: 0, until: 1_000 * DAY };

/** A customer with purchases at `days`, whose risk is `risks[i]` after the i-th and rises to .9 at `rises` days of silence. */
export function trackOf(days: readonly number[], risks: readonly number[], rises = 200): RiskTrack {
  const purchases = days.map((day) => day * DAY);
  const curve = (risk: number) =>
    Float64Array.from(artifact.knotsDays, (s) => (s >= rises ? Math.max(logit(0.9), logit(risk)) : logit(risk)));
  return {
    history: { shop: 'main', customer: 'c', moments: [], purchases, amounts: purchases.map(() => 1) },
    stages: purchases.map((at, i) => ({
      at,
      next: purchases[i + 1] ?? Infinity,
      lastActivityAt: at,
      acted: true,
      curve: curve(risks[i]!),
    })),
  };
}
