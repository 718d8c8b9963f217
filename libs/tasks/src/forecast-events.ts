// The forecasts: a crossing is near, and what becomes of what was said of it.
import { type Artifact, type ScoringState, thresholdOf } from '@holdfast/model';
import { forecastChanges, forecaster, type StandingForecast, standingForecasts } from '@holdfast/risk';
import { type RiskEvent, TIERS, toIso } from '@holdfast/schemas';

import { crossingData, situationOf } from './situation.js';

/**
 * What is to be told of the forecasts that had been told before; `state` is the customer as known from now on, `state.toldUntil`. Of crossings up to
 * `trueUntil` nothing is: they have come true.
 */
export function forecastEvents(
  stood: readonly StandingForecast[],
  state: ScoringState,
  artifact: Artifact,
  trueUntil = state.toldUntil,
): RiskEvent[] {
  const at = state.toldUntil;
  const changes = forecastChanges(stood, standingForecasts(state, artifact, at), trueUntil);
  if (changes.length === 0) return [];
  const forecast = changes.some(({ now }) => now) ? forecaster(state, artifact, at) : null;
  return changes.map(({ before, now }) => {
    const { tier, leadDays } = (now ?? before)!;
    return {
      type: 'churn.risk.forecast.v1',
      shop: state.shop,
      customer: state.customer,
      at,
      ...(now && { expiresAt: now.at }),
      data: {
        ...situationOf(state, artifact, at),
        tier: { from: TIERS[state.tier], to: TIERS[tier] },
        threshold: thresholdOf(artifact, tier),
        leadDays,
        forecast: nameOf((now ?? before)!),
        crossing: now && crossingData(forecast!(now)),
        ...(before && { supersedes: nameOf(before) }),
      },
    };
  });
}

/** Distinct among the forecasts of a customer. */
const nameOf = ({ tier, leadDays, at }: StandingForecast): string => `${TIERS[tier]}/${leadDays}d/${toIso(at)}`;
