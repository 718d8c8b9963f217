// A release that only moves thresholds is another release of the same network; one that is only calibrated anew, or has another head, still
// reads events in the same way: what the network remembers of customers stays good.
import { type Artifact } from './artifact.js';
import { encodeArtifact } from './artifact-codec.js';

const NO_SEGMENTS = { mean: [], deviation: [], centres: [], names: [] };

const NO_ARRIVALS = { cure: new Float32Array(), scale: new Float32Array(), shape: new Float32Array() };

/** The same for all releases of a network: nothing of this changes a logit. */
const BESIDE_NETWORK = {
  ...{ thresholds: { medium: 0.1, high: 0.2 }, hysteresis: 0, activeDays: 0 },
  ...{ metrics: {}, dataHash: '', seed: 0, segmentation: NO_SEGMENTS, ranksOnly: true as const },
  arrivals: NO_ARRIVALS,
} as const;

/** The same for all releases that read events alike: nothing of this changes what is remembered. */
const BESIDE_ENCODER = {
  ...BESIDE_NETWORK,
  ...{ horizonDays: 0, wideSize: 0, skip: new Float32Array(), knotsDays: [], calibration: { slope: 1 } },
  dense: { kernel: new Float32Array(), bias: new Float32Array() },
  output: { kernel: new Float32Array(), bias: 0 },
  scaler: { mean: new Float32Array(), deviation: new Float32Array() },
} as const;

/** Compares artifacts but for some parts; their texts are made once. */
function comparison(apart: Partial<Artifact>): (a: Artifact, b: Artifact) => boolean {
  const known = new WeakMap<Artifact, string>();
  const textOf = (artifact: Artifact): string => {
    let text = known.get(artifact);
    if (text === undefined) {
      text = new TextDecoder().decode(encodeArtifact({ ...artifact, ...apart }));
      known.set(artifact, text);
    }
    return text;
  };
  return (a, b) => a === b || textOf(a) === textOf(b);
}

/** True when both give every customer the same risk, to the bit. */
export const isSameNetwork = comparison(BESIDE_NETWORK);

/** True when both make the same memory of the same events. */
export const isSameEncoder = comparison(BESIDE_ENCODER);
