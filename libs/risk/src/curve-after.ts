// The curve over silence after a record.
import { wideAt, wideMoving } from '@holdfast/features';
import { type Artifact, kernelOf } from '@holdfast/model';

/**
 * Calibrated logits at the knots. For a notice the curve also reaches back to the last activity, from which silence counts.
 * @param h the network's memory after the record, [H]
 * @param w the record's counters, [COUNTERS.length]
 * @param silentDays from the last activity to the record, ≥ 0
 * @returns [K]
 */
export function curveAfter(
  artifact: Artifact,
  h: Float32Array,
  w: ArrayLike<number>,
  silentDays: number,
): Float64Array {
  let write = wideAt;
  return kernelOf(artifact).curve(h, (silenceDays, out) => {
    write(w, silenceDays - silentDays, artifact.scale, out);
    write = wideMoving;
  });
}
