// When to act, on whom, and whether it helped. Pure: told the time, the chance and what is known.
export { type Assignment, assignArm } from './assignment.js';
export { dayOf, NOTHING_SPENT, overdraws, sliceOf, type Spending } from './budget.js';
export { anytimeInterval, anytimeP, type Estimate, type Interval } from './confidence-sequence.js';
export {
  type CustomerBook,
  emptyCustomerBook,
  type PastDecision,
  type Payment,
  plainCode,
  unitKey,
} from './customer-book.js';
export { decide, type Decision, decisionIdOf, type Verdict } from './decide.js';
export {
  type ArmSummary,
  type Difference,
  effectOf,
  type Experiment,
  FEWEST_SETTLED,
  type PlaybookEffect,
} from './effect.js';
export {
  type Circumstances,
  type Crossing,
  eligibility,
  isAllowed,
  isSimulated,
  type Plan,
  SKIP_REASONS,
  type SkipReason,
} from './eligibility.js';
export { applyRecord, type LedgerRecord, type Policy } from './fold.js';
export { evenNumber, murmur3 } from './keyed-hash.js';
export {
  type Change,
  type Coupon,
  couponKey,
  customerBookOf,
  type DueDecision,
  emptyLedgerBook,
  type LedgerBook,
  spendingKey,
} from './ledger-book.js';
export { type ArmMoments, type Moments, statisticsOf } from './moments.js';
export { playbookFor, type Playbook, PLAYBOOKS } from './playbooks.js';
export { outsideQuietHours } from './quiet-hours.js';
export { type CancelReason, type Departure, objection } from './recheck.js';
export { channelsOfSettings, ruleSettings, rulesOfSettings } from './rule-settings.js';
export { checkRules, DEFAULT_RULES, type Rules } from './rules.js';
export { SAMPLE_RATIO_ALARM, type SampleRatio, sampleRatio } from './sample-ratio.js';
export { type OpenDecision, type Outcome, settle } from './settle.js';
