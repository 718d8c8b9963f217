// What is predicted, and which time is for training, validation and test.
import { defaultHorizon, type Definition, onlineRetailSplit, type Split, splitOf } from '@holdfast/training';

import { type ReadHistory } from './read-history.js';

/** Definition and split of one training. */
export interface Plan extends Definition {
  readonly split: Split;
}

const REFERENCE_HORIZON = 90;

/**
 * The plan for a history. Online Retail II, read whole, keeps the frozen horizon and cut-offs of the reference protocol, so that its
 * rows stand beside those of other libraries. A is always 2 H. Throws `RangeError` when the data are too short.
 */
export function planFor(
  { histories, facts }: Pick<ReadHistory, 'histories' | 'facts'>,
  layout: string | null,
  wantedDays: number | undefined,
): Plan {
  const isReference =
    layout === 'online-retail-ii' &&
    (wantedDays ?? REFERENCE_HORIZON) === REFERENCE_HORIZON &&
    facts.from < Date.UTC(2009, 11, 2) &&
    facts.until > Date.UTC(2011, 10, 30);
  const horizonDays = isReference
    ? REFERENCE_HORIZON
    : (wantedDays ?? defaultHorizon(histories, facts.from, facts.until));
  const split = isReference ? onlineRetailSplit() : splitOf(facts.from, facts.until, horizonDays);
  return { horizonDays, activeDays: 2 * horizonDays, split };
}
