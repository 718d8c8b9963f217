// A shop of which no outcome is known yet is served by the prior as it is (model.md §7). That ranks its customers; whether a tenth or a half of them
// comes back nobody knows, so what it says is no probability, and tiers go by rank.
import { type Artifact, logitAt, sigmoid } from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

import { percentile } from './bootstrap.js';
import { type History } from './history.js';
import { HORIZONS_DAYS } from './horizon.js';
import { medianOrder } from './median-order.js';
import { atRiskAt, type AtRisk, type Definition } from './population.js';
import { priorIn } from './prior.js';
import { rfmOf } from './segments/rfm-of.js';
import { fitSegmentation } from './segments/segmentation.js';
import { curvesOf, HYSTERESIS } from './served.js';
import { belowHigh } from './thresholds.js';
import { FEWEST_CUSTOMERS } from './too-few.js';

/** Of the days until customers lapse, were all of them to stay silent from now on: a tenth is high, another fifth medium. */
const RANK = { high: 0.9, medium: 0.7 } as const;
/** Days looked at of each customer, spread over the active period. */
const LOOKS = 20;
const [LEAST_HIGH, MOST_HIGH] = [0.05, 0.99];

/** No horizon could be learnt in so little time, or of so few buyers, whatever the cut-offs. */
export const isYoung = (histories: readonly History[], from: Millis, until: Millis): boolean =>
  until - from < 4 * HORIZONS_DAYS[0] * DAY ||
  histories.filter(({ purchases }) => purchases.length > 0).length < FEWEST_CUSTOMERS;

/** What is known of the shop. */
export interface YoungShop extends Definition {
  readonly histories: readonly History[];
  /** Until when. */
  readonly until: Millis;
}

/** A network that ranks. */
export interface FirstDay {
  readonly artifact: Artifact;
  /** At risk now. */
  readonly customers: number;
  /** By whom the tiers were told. */
  readonly tiersBy: 'customers' | 'prior';
}

/** Serves the prior as it is. */
export function firstDay(prior: Artifact, { histories, until, ...definition }: YoungShop): FirstDay {
  const scale = { horizonDays: definition.horizonDays, medianOrderMinor: medianOrder(histories, until) };
  const general = priorIn(prior, definition, scale);
  const population = atRiskAt(histories, until, definition);
  const isTold = population.length >= FEWEST_CUSTOMERS; // of fewer the prior's own thresholds are taken
  return {
    artifact: {
      ...general,
      ...(isTold && {
        ...tiersByRank(risksToCome(general, population, until)),
        segmentation: fitSegmentation(population.map((row) => rfmOf(row, scale)), 0), // prettier-ignore
      }),
      ranksOnly: true,
      metrics: {},
    },
    customers: population.length,
    tiersBy: isTold ? 'customers' : 'prior',
  };
}

/** Risks of the customers on days from now until they lapse, if nothing happens; rising. A customer counts as often as there are days left. */
function risksToCome(artifact: Artifact, population: readonly AtRisk[], now: Millis): number[] {
  const curves = curvesOf(artifact, population);
  const risks = population.flatMap(({ history, index }, i) => {
    const silentDays = (now - history.moments[index]!.lastActivityAt!) / DAY;
    const days = Array.from({ length: LOOKS }, (_, n) => ((n + 0.5) / LOOKS) * artifact.activeDays);
    return days.filter((day) => day >= silentDays).map((day) => sigmoid(logitAt(artifact.knotsDays, curves[i]!, day)));
  });
  return risks.sort((a, b) => a - b);
}

/** Within what an artifact may say; `risks`: rising. */
function tiersByRank(risks: readonly number[]): Pick<Artifact, 'thresholds' | 'hysteresis'> {
  const high = Math.min(MOST_HIGH, Math.max(LEAST_HIGH, percentile(risks, RANK.high)));
  const hysteresis = Math.min(HYSTERESIS, high / 5);
  const medium = Math.max(2 * hysteresis, belowHigh(percentile(risks, RANK.medium), high, hysteresis));
  return { thresholds: { medium, high }, hysteresis };
}
