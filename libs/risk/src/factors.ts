// Why the risk is what it is, by what is known of a customer: the logit of the model in groups of its inputs, against an average customer.
import { COUNTERS, GROUP_OF_WIDE, WIDE_GROUPS, WIDE_SIZE } from '@holdfast/features';
import {
  type Artifact,
  type GroupEffects,
  groupEffects,
  type Grouping,
  logitOf,
  networkLogit,
  type ScoringState,
  silenceDaysAt,
} from '@holdfast/model';
import { type Millis } from '@holdfast/schemas';

import { wideAtSilence } from './wide-at-silence.js';

/** `average`: of an average customer; `memory`: in what order things happened; `silence`: the silence by itself. */
export const FACTORS = ['average', ...WIDE_GROUPS, 'memory', 'silence'] as const;

/** One term of the logit. */
export interface Factor {
  readonly name: (typeof FACTORS)[number];
  /** Share of the logit; positive: towards churn. */
  readonly weight: number;
}

/** So far the groups may miss the curve that they explain, at its beginning: in the last bits. */
const TOLERANCE = 1e-3;

const BY_GROUP: Grouping = { groupOf: GROUP_OF_WIDE, groups: WIDE_GROUPS.length };

/**
 * The terms of the logit at `at`, largest first; they add up to it within rounding. What each group of facts changes of an average customer is
 * its Shapley value. Empty before the first purchase, where counters and memory are not those that the curve was drawn from (a state of before they
 * were kept, or a late record since), and so for as long.
 * @param artifact what drew the state's curve
 */
export function factorsOf(state: ScoringState, artifact: Artifact, at: Millis): Factor[] {
  const { h, curve, counters } = state;
  if (curve.length === 0 || counters.length !== COUNTERS.length || artifact.wideSize !== WIDE_SIZE) return [];
  const knownAt = (silenceDays: number) => ({ h, silenceDays, wide: wideAtSilence(state, artifact, silenceDays) });
  if (Math.abs(networkLogit(artifact, knownAt(0)) - curve[0]!) > TOLERANCE) return [];
  const effects = groupEffects(artifact, knownAt(silenceDaysAt(state, at)), BY_GROUP);
  const { average, memory, silence, groups } = effects;
  // What joining the knots, and never falling, make of it.
  const rest = logitOf(state, artifact, at) - sumOf(effects);
  const factors: Factor[] = [
    { name: 'average', weight: average },
    ...WIDE_GROUPS.map((name, i) => ({ name, weight: groups[i]! })),
    { name: 'memory', weight: memory },
    { name: 'silence', weight: silence + rest },
  ];
  return factors.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}

const sumOf = ({ average, memory, silence, groups }: GroupEffects): number =>
  groups.reduce((sum, effect) => sum + effect, average + memory + silence);
