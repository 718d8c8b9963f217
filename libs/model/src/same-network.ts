// A release that only moves thresholds is another release of the same network: what the network remembers of customers stays good.
import { type Artifact } from './artifact.js';
import { encodeArtifact } from './artifact-codec.js';

/** The same for all releases of a network: nothing of this changes a logit. */
const APART = {
  ...{ thresholds: { medium: 0.1, high: 0.2 }, hysteresis: 0, activeDays: 0 },
  ...{ metrics: {}, dataHash: '', seed: 0 },
} as const;

const known = new WeakMap<Artifact, string>();

function networkOf(artifact: Artifact): string {
  let text = known.get(artifact);
  if (text === undefined) {
    text = new TextDecoder().decode(encodeArtifact({ ...artifact, ...APART }));
    known.set(artifact, text);
  }
  return text;
}

/** True when both give every customer the same risk, to the bit. */
export const isSameNetwork = (a: Artifact, b: Artifact): boolean => a === b || networkOf(a) === networkOf(b);
