// A kind of network, and how it is asked.
import { type AtRisk, type Definition } from '../population.js';
import { type Scaler } from '../training-set.js';
import { type Architecture, type Weights } from './network.js';

/** What weights are used with. */
export interface NetworkParts extends Definition {
  readonly medianOrderMinor: number;
  readonly scaler: Scaler;
  readonly seed: number;
}

/** `Name`: of the encoder's weights. */
export interface NetworkKind<Name extends string> {
  readonly architecture: Architecture<Name>;
  /** Raw logits; all that is measured is measured on these. */
  logits(weights: Weights<Name>, population: readonly AtRisk[], parts: NetworkParts): Float64Array;
}
