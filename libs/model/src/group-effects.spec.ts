import { describe, expect, it } from '@jest/globals';

import { drawCurve } from './curve.js';
import { randomArtifact, seededRandom } from './fixtures.js';
import { groupEffects } from './group-effects.js';

const [hidden, wideSize] = [8, 12];
const grouping = { groupOf: Array.from({ length: wideSize }, (_, i) => i % 3), groups: 3 };
const random = seededRandom(4);
const floats = (length: number) => Float32Array.from({ length }, () => 2 * random() - 1);
const artifactOf = (seed: number) => {
  const artifact = randomArtifact({ stepSize: 5, wideSize, hidden, seed });
  // So strong inside that groups interact.
  return { ...artifact, output: { ...artifact.output, kernel: artifact.output.kernel.map((weight) => 5 * weight) } };
};

describe('effects of groups of inputs', () => {
  it('add up to the logit at any silence', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const silenceDays = seed % 4 === 0 ? 0 : 100 * random();
      const artifact = { ...artifactOf(seed), knotsDays: [silenceDays] };
      const [h, wide] = [floats(hidden), floats(wideSize).map((value) => 3 * value)];
      const { average, memory, silence, groups } = groupEffects(artifact, { h, silenceDays, wide }, grouping);
      const [logit] = drawCurve(artifact, h, (_, out) => out.set(wide));
      expect(average + memory + silence + groups.reduce((a, b) => a + b, 0)).toBeCloseTo(logit!, 5);
    }
  });

  it('are 0 of what is average, and the same of what does the same', () => {
    const artifact = artifactOf(1);
    const average = Float32Array.from(artifact.scaler.mean);
    const unknown = { h: new Float32Array(hidden), silenceDays: 0 };
    expect(groupEffects(artifact, { ...unknown, wide: average }, grouping)).toMatchObject({
      ...{ memory: 0, silence: 0, groups: [0, 0, 0] },
    });
    // Features 0 and 1, of groups 0 and 1, made alike.
    const { dense, skip, scaler } = artifact;
    const units = dense.bias.length;
    dense.kernel.copyWithin((hidden + 1) * units, hidden * units, (hidden + 1) * units);
    skip[1] = skip[0]!;
    const [up, alike] = [Float32Array.from(scaler.mean), Float32Array.from(scaler.deviation)];
    up[0]! += 2 * alike[0]!;
    up[1]! += 2 * alike[1]!;
    const { groups } = groupEffects(artifact, { ...unknown, wide: up }, grouping);
    expect(groups[0]).toBeCloseTo(groups[1]!, 5);
    expect(groups[2]).toBe(0);
  });

  it('are the weights themselves where nothing interacts', () => {
    const artifact = artifactOf(2);
    const still = { ...artifact, dense: { ...artifact.dense, kernel: artifact.dense.kernel.map(() => 0) } };
    const wide = Float32Array.from(artifact.scaler.mean, (mean, i) => mean + artifact.scaler.deviation[i]!);
    const { memory, silence, groups } = groupEffects(still, { h: floats(hidden), silenceDays: 30, wide }, grouping);
    expect(memory + silence).toBeCloseTo(0, 9);
    groups.forEach((effect, g) => {
      const own = artifact.skip.reduce((sum, weight, i) => sum + (i % 3 === g ? weight : 0), 0);
      expect(effect).toBeCloseTo(own * artifact.calibration.slope, 5);
    });
  });
});
