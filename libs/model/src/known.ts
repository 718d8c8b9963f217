// What a head of the network is told of a customer.
import { type Artifact, unitDaysOf } from './artifact.js';

/** What is known of a customer. */
export interface Known {
  /** Memory after the last event, [H]. */
  readonly h: Float32Array;
  readonly silenceDays: number;
  /** Wide features at that silence, before standardisation, [W]. */
  readonly wide: ArrayLike<number>;
}

/** The inputs of the dense layer: memory, standardised wide features, and the silence in two forms, [H + W + 2]. */
export function denseInputs(artifact: Artifact, { h, silenceDays, wide }: Known): Float64Array {
  const inputs = new Float64Array(h.length + wide.length + 2);
  inputs.set(h);
  standardise(artifact, wide, inputs, h.length);
  const silence = silenceDays / unitDaysOf(artifact);
  inputs.set([Math.log1p(silence) / 4, silence / 90], h.length + wide.length);
  return inputs;
}

/** Writes wide features [W], standardised, to `out[offset … offset + W)`. */
export function standardise(
  { scaler }: Pick<Artifact, 'scaler'>,
  wide: ArrayLike<number>,
  out: Float32Array | Float64Array,
  offset: number,
): void {
  for (let i = 0; i < wide.length; i++) out[offset + i] = (wide[i]! - scaler.mean[i]!) / scaler.deviation[i]!;
}
