import { WIDE_SIZE, wideAt } from '@holdfast/features';
import { type Artifact, type ScoringState } from '@holdfast/model';

import { silentDaysIn } from './silent-days.js';

/** The wide features at a silence, before standardisation, as far as the state knows the customer, [WIDE_SIZE]. */
export function wideAtSilence(
  { counters }: Pick<ScoringState, 'counters'>,
  { scale }: Pick<Artifact, 'scale'>,
  silenceDays: number,
): Float32Array {
  const wide = new Float32Array(WIDE_SIZE);
  wideAt(counters, silenceDays - silentDaysIn(counters), scale, wide);
  return wide;
}
