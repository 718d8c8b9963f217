// Models for tests: random weights from a seed, with risk that rises through silence like log(1 + s).
import { type Artifact } from './artifact.js';
import { seededRandom } from './seeded-random.js';

export { seededRandom } from './seeded-random.js';

/** What a test may choose. */
export interface RandomArtifactOptions {
  readonly stepSize: number;
  readonly wideSize: number;
  readonly featureSet?: string;
  readonly seed?: number;
  readonly hidden?: number;
  readonly horizonDays?: number;
}

/** A well-formed release that knows nothing. */
export function randomArtifact(options: RandomArtifactOptions): Artifact {
  const { stepSize, wideSize, featureSet = 'test', seed = 1, hidden = 32, horizonDays = 90 } = options;
  const random = seededRandom(seed);
  const floats = (length: number, size: number) => Float32Array.from({ length }, () => (2 * random() - 1) * size);
  const units = 32;
  const kernel = floats((hidden + wideSize + 2) * units, 0.1);
  const output = floats(units, 0.2);
  // The first unit is log(1 + s) alone, and the logit −1.5 + .8 · log(1 + s) + a little of everything else.
  for (let i = 0; i < hidden + wideSize + 2; i++) kernel[i * units] = i === hidden + wideSize ? 4 : 0;
  output[0] = 0.8;
  const bias = floats(units, 0.1);
  bias[0] = 0;
  return {
    version: 1,
    featureSet,
    stepSize,
    wideSize,
    hidden,
    embedding: { buckets: 64, size: 4, table: floats(256, 0.5) },
    lstm: {
      kernel: floats((stepSize + 4) * 4 * hidden, 0.3),
      recurrent: floats(hidden * 4 * hidden, 0.3),
      bias: floats(4 * hidden, 0.3),
    },
    dense: { kernel, bias },
    output: { kernel: output, bias: -1.5 },
    skip: floats(wideSize, 0.05),
    scaler: { mean: floats(wideSize, 1), deviation: floats(wideSize, 0.2).map((value) => value + 1) },
    scale: { horizonDays, medianOrderMinor: 3000 },
    knotsDays: [0, 1, 2, 4, 7, 11, 16, 23, 32, 45, 60, 80, 105, 140, 180].map((days) => (days * horizonDays) / 90),
    calibration: { slope: 0.9 },
    thresholds: { medium: 0.6, high: 0.8 },
    hysteresis: 0.05,
    activeDays: 2 * horizonDays,
    horizonDays,
    metrics: {},
    dataHash: 'none',
    seed,
  };
}
