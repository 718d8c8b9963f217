// Who is at risk at a moment T, and who churned (reference protocol §1): at least one purchase before T and any activity within A days
// before T; churn = no purchase in [T, T + H). History is strictly before T.
import { DAY, type Millis } from '@holdfast/schemas';

import { buysWithin, type History, lastBefore } from './history.js';

/** Who is a customer, and what churn is. */
export interface Definition {
  /** H: churn is no purchase for so long. */
  readonly horizonDays: number;
  /** A: who was silent for longer is not at risk any more, but lapsed. */
  readonly activeDays: number;
  /** Purchases before T from which on somebody is a customer. Default 1. */
  readonly minPurchases?: number;
}

/** One customer at risk at T. */
export interface AtRisk {
  readonly history: History;
  /** Index of the last moment before T. */
  readonly index: number;
  readonly at: Millis;
  readonly churned: boolean;
}

/** Everybody at risk at `at`, in the order of the histories. */
export function atRiskAt(histories: readonly History[], at: Millis, definition: Definition): AtRisk[] {
  const since = at - definition.activeDays * DAY;
  const until = at + definition.horizonDays * DAY;
  return histories.flatMap((history) => {
    const index = lastBefore(history, at);
    const moment = history.moments[index];
    if (
      !moment ||
      moment.orders < (definition.minPurchases ?? 1) ||
      moment.lastActivityAt === null ||
      moment.lastActivityAt < since
    )
      return [];
    return [{ history, index, at, churned: !buysWithin(history, at, until) }];
  });
}

/** The text whose SHA-256 names a population: sorted lines `customer,label`. */
export const populationText = (population: readonly AtRisk[]): string =>
  population
    .map((one) => `${one.history.customer},${one.churned ? 1 : 0}`)
    .sort()
    .join('\n');
