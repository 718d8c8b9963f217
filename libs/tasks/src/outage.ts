// Outage is not churn. While nothing comes from what a customer last used, their silence says nothing: a crossing is held back, one that was told
// before the outage was noticed is taken back, and when the source is back its silence is counted without the time that was lost.
import { type Artifact, crossingsAhead, type ScoringState } from '@holdfast/model';
import {
  lostOf,
  NOTICED_WITHIN,
  type Outage,
  type Source,
  sourceNamed,
  type Sources,
  standingForecasts,
  wasOutAt,
  withTier,
} from '@holdfast/risk';
import { type Millis, MINUTE, type RiskEvent, toIso } from '@holdfast/schemas';

import { correctionsOf } from './corrections.js';
import { forecastEvents } from './forecast-events.js';
import { riskDataOf } from './risk-change.js';

/** How long after an instant of an outage somebody who is held back is looked at again, if not later. */
export const againAfter = (at: Millis, { from }: Outage): Millis =>
  Math.ceil(Math.min(10 * MINUTE, Math.max(MINUTE, (at - from) / 10)));

/** Of a customer's silence until an instant, what does not count; never less than was known before. */
export const lostTo = (sources: Sources | undefined, state: ScoringState, at: Millis): Millis =>
  Math.max(state.lost, lostOf(sourceOf(sources, state), { from: state.lastActivityAt, until: at }));

type From = Pick<ScoringState, 'shop' | 'source'>;
/** Shops have sources of their own, though they may call them the same. */
export const nameOfSource = ({ shop, source }: From): string => `${shop}/${source}`;
export const sourceOf = (sources: Sources | undefined, from: From): Source | undefined =>
  sourceNamed(sources, nameOfSource(from));

/** What becomes of a wake-up while the customer's source is out. `lost`: to outages before this one. */
export function held(
  state: ScoringState,
  artifact: Artifact,
  { at, outage, lost }: { readonly at: Millis; readonly outage: Outage; readonly lost: Millis },
): { readonly state: ScoringState; readonly outputs: RiskEvent[] } {
  if (state.crossedAt > outage.from) {
    const back = { ...takenBack(state), heldAt: outage.from };
    return { state: back, outputs: corrections(state, back, { artifact, at, outage }) };
  }
  const due = crossingsAhead({ ...state, lost }, artifact, at - 1).findLast((crossing) => crossing.at <= at);
  if (!due || state.heldAt === outage.from) return { state, outputs: [] };
  const would = { ...state, tier: due.tier };
  const data = riskDataOf(would, artifact, { at, from: state.tier, cause: 'silence' });
  const suppressed: RiskEvent = {
    ...{ type: 'churn.risk.suppressed.v1', shop: state.shop, customer: state.customer, at },
    data: { ...data, outage: told(state, outage) },
  };
  const next = { ...state, heldAt: outage.from, toldUntil: Math.max(state.toldUntil, at) };
  // What was told of this very crossing does not come true.
  const withdrawn = forecastEvents(standingForecasts(state, artifact, state.toldUntil), next, artifact, at - 1);
  return { state: next, outputs: [suppressed, ...withdrawn] };
}

/** The customer at a wake-up while their source is there: a crossing is taken back that came while it was out, unless it would have come anyhow. */
export function corrected(
  state: ScoringState,
  artifact: Artifact,
  { at, sources }: { readonly at: Millis; readonly sources: Sources | undefined },
): { readonly state: ScoringState; readonly outputs: RiskEvent[] } {
  const { crossedAt } = state;
  if (crossedAt === 0) return { state, outputs: [] };
  if (wasOutAt(sourceOf(sources, state), crossedAt, at)) {
    const back = takenBack(state);
    const reached = crossingsAhead(back, artifact, crossedAt - 1).findLast((crossing) => crossing.at <= at);
    const now = takenBack(state, reached?.tier);
    if (now.tier < state.tier) return { state: now, outputs: corrections(state, now, { artifact, at, outage: null }) };
  }
  return { state: at >= crossedAt + NOTICED_WITHIN ? { ...state, crossedAt: 0 } : state, outputs: [] };
}

/** As if they had not crossed, or only into `tier`. */
const takenBack = (state: ScoringState, tier = state.tierBefore): ScoringState => ({
  ...state,
  tier,
  crossedAt: 0,
  crossings: state.crossings.filter(({ at, to }) => at < state.crossedAt || to <= tier),
  tiers: withTier(
    state.tiers.filter(({ at }) => at < state.crossedAt),
    { at: state.crossedAt, tier },
  ),
});

const told = ({ source }: ScoringState, { from }: Outage) => ({ source, from: toIso(from) });

interface TakenBack {
  readonly artifact: Artifact;
  readonly at: Millis;
  readonly outage: Outage | null;
}

/** Takes back what has been told since the doubt began: `now` is the customer without it. */
const corrections = (before: ScoringState, now: ScoringState, { artifact, at, outage }: TakenBack): RiskEvent[] =>
  correctionsOf(
    before.crossings.filter((crossing) => crossing.at >= before.crossedAt && crossing.to > now.tier),
    { state: now, artifact, at, from: before.tier, to: now.tier, ...(outage && { outage: told(before, outage) }) },
  );
