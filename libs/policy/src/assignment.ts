// Who is left alone so that the effect can be measured: a keyed hash, so that the same customer always gets the same arm of
// the same playbook, in every replay and on every machine.
import { type Arm } from '@holdfast/schemas';

import { evenNumber } from './keyed-hash.js';

/** An arm and the probability with which it was drawn. */
export interface Assignment {
  readonly arm: Arm;
  readonly propensity: number;
}

/** Draws the arm of a unit, which is a customer in a playbook. `holdOutShare` in [0, 1]. */
export function assignArm(
  unit: { readonly shop: string; readonly customer: string; readonly playbook: string },
  { salt, holdOutShare }: { readonly salt: string; readonly holdOutShare: number },
): Assignment {
  const isHeldOut = evenNumber([salt, unit.shop, unit.playbook, unit.customer]) < holdOutShare;
  return isHeldOut ? { arm: 'hold-out', propensity: holdOutShare } : { arm: 'treatment', propensity: 1 - holdOutShare };
}
