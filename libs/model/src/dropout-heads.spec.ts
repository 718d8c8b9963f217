import { describe, expect, it } from '@jest/globals';

import { headDeviations } from './dropout-heads.js';
import { randomArtifact } from './fixtures.js';
import { seededRandom } from './seeded-random.js';

const artifact = randomArtifact({ stepSize: 3, wideSize: 4, featureSet: 'ab'.repeat(32) });
const { dense, output, scaler, hidden, calibration } = artifact;
const random = seededRandom(7);
const known = {
  h: Float32Array.from({ length: hidden }, () => random() * 2 - 1),
  silenceDays: 12,
  wide: Array.from({ length: 4 }, () => random() * 3),
};

describe('the heads with dropout', () => {
  it('are the dense layer with a tenth of its inputs and units left out and the others made up for it', () => {
    const inputs = [
      ...known.h,
      ...known.wide.map((value, i) => (value - scaler.mean[i]!) / scaler.deviation[i]!),
      Math.log1p(12) / 4,
      12 / 90,
    ];
    const logitOf = (keep: readonly number[]) =>
      dense.bias.reduce((raw, bias, j) => {
        const sum = inputs.reduce((all, x, i) => all + x * keep[i]! * dense.kernel[i * dense.bias.length + j]!, bias);
        return raw + Math.max(0, sum) * keep[inputs.length + j]! * output.kernel[j]!;
      }, 0);
    const draw = seededRandom(1);
    const whole = logitOf(new Array<number>(inputs.length + dense.bias.length).fill(1));
    const deviations = headDeviations(artifact, known);
    expect(deviations).toHaveLength(20);
    for (const deviation of deviations) {
      const keep = [...inputs, ...dense.bias].map(() => (draw() < 0.1 ? 0 : 1 / 0.9));
      expect(deviation).toBeCloseTo((logitOf(keep) - whole) * calibration.slope, 9);
    }
  });
});
