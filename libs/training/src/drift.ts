// How far today's customers are from those whose outcome is known: of their risks, and of what is known of their purchases. A sign
// that needs no labels; a season moves it too.
import { type Artifact, sigmoid } from '@holdfast/model';
import { type Millis } from '@holdfast/schemas';

import { type History } from './history.js';
import { columnsOf } from './matrix.js';
import { type AtRisk, atRiskAt } from './population.js';
import { rowsOf } from './rows.js';
import { servedLogits } from './served.js';
import { type Stability, stability } from './stability.js';
import { PURCHASE_FEATURES, type PurchaseFeature } from './tabular-features.js';

/** Between two moments. */
export interface Drift {
  readonly from: Millis;
  readonly until: Millis;
  readonly customers: readonly [number, number];
  readonly risk: Stability;
  /** Those that moved most, first. */
  readonly features: readonly ({ readonly name: PurchaseFeature } & Stability)[];
}

const SHOWN = 3;

/** `null`: nobody was at risk at one of them. */
export function driftBetween(
  artifact: Artifact,
  histories: readonly History[],
  { from, until }: Pick<Drift, 'from' | 'until'>,
): Drift | null {
  const [then, now] = [from, until].map((at) => atRiskAt(histories, at, artifact)) as [AtRisk[], AtRisk[]];
  const risks = (population: readonly AtRisk[]) => servedLogits(artifact, population).map(sigmoid);
  const risk = stability(risks(then), risks(now));
  if (risk === null) return null;
  const scheme = { horizonDays: artifact.horizonDays, types: [] };
  const [before, after] = [rowsOf(then, scheme).x, rowsOf(now, scheme).x];
  const features = PURCHASE_FEATURES.map((name, k) => ({
    name,
    ...stability(columnsOf(before, [k]).values, columnsOf(after, [k]).values)!,
  }));
  return {
    ...{ from, until, customers: [then.length, now.length], risk },
    features: features.toSorted((a, b) => b.index - a.index).slice(0, SHOWN),
  };
}
