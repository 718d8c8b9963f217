// The name of what decides the tiers: equal for two releases of a model whose tiers begin and end at the same risks and silences.
import { createHash } from 'node:crypto';

import { type Artifact } from '@holdfast/model';

const known = new WeakMap<Artifact, string>();

/** 12 hex digits: SHA-256 of thresholds, hysteresis and active period. */
export function thresholdsVersionOf(artifact: Artifact): string {
  let version = known.get(artifact);
  if (version === undefined) {
    const { thresholds, hysteresis, activeDays } = artifact;
    const text = [thresholds.medium, thresholds.high, hysteresis, activeDays].join(' ');
    known.set(artifact, (version = createHash('sha256').update(text).digest('hex').slice(0, 12)));
  }
  return version;
}
