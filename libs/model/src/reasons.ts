// Why the risk is what it is, as terms that add up to the logit exactly (model.md §5): what was known before the last event, what
// that event changed, and what silence has added since.
import { type ScoringState } from './customer-risk.js';

/** One term of the logit. */
export interface Reason {
  readonly name: 'history' | 'event' | 'silence';
  /** Share of the logit; positive: towards churn. */
  readonly weight: number;
}

/** The terms of `riskLogit`, largest first. Their sum is `riskLogit` within rounding. */
export function reasonsFor(state: Pick<ScoringState, 'logitBefore' | 'logitAfter'>, riskLogit: number): Reason[] {
  const reasons: Reason[] = [
    { name: 'history', weight: state.logitBefore },
    { name: 'event', weight: state.logitAfter - state.logitBefore },
    { name: 'silence', weight: riskLogit - state.logitAfter },
  ];
  return reasons.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}
