// Did it help? Difference between those chosen for contact and those left alone, by intention to treat: every unit counts in
// the arm it was drawn into, whether or not its message was sent, opened or needed. CUPED (Deng, Xu, Kohavi, Walker, WSDM
// 2013) takes out what was known before: y − θ(x − x̄), θ = cov(x, y)/var(x) within the arms.
import { anytimeInterval, anytimeP, type Estimate, type Interval } from './confidence-sequence.js';
import { type ArmMoments, type Moments, statisticsOf } from './moments.js';
import { type SampleRatio, sampleRatio } from './sample-ratio.js';

/** Settled units that each arm needs before a difference is shown: the interval rests on the central limit theorem. */
export const FEWEST_SETTLED = 30;

/** Treatment minus hold-out, per unit. */
export interface Difference {
  readonly value: number;
  readonly interval: Interval;
  /** Always-valid p-value of "no difference". */
  readonly p: number;
  /** Share of variance that the covariate took out, 0 to 1. */
  readonly varianceReduction: number;
}

/** What is known of one playbook's effect. */
export interface PlaybookEffect {
  readonly playbook: string;
  /** Decisions of replays and imports: nobody was contacted. */
  readonly isSimulated: boolean;
  readonly treatment: ArmSummary;
  readonly holdOut: ArmSummary;
  /** Difference of purchase rates; null while an arm has fewer than {@link FEWEST_SETTLED} settled units. */
  readonly purchaseRate: Difference | null;
  /** Difference of mean margin, minor units of the base currency. */
  readonly marginMinor: Difference | null;
  /** Purchases and margin of all settled treated units that would not have been without it: difference × units. */
  readonly incremental: { readonly purchases: Interval & { value: number }; readonly marginMinor: number } | null;
  readonly sampleRatio: SampleRatio;
  /** One honest sentence for a person. */
  readonly sentence: string;
}

export interface ArmSummary {
  readonly assigned: number;
  readonly settled: number;
  readonly purchased: number;
  /** purchased / settled; null when nothing has settled. */
  readonly rate: number | null;
  readonly meanMarginMinor: number | null;
}

/** Both arms of one playbook, and the share of hold-outs that was meant (mean propensity). */
export interface Experiment {
  readonly playbook: string;
  readonly isSimulated: boolean;
  readonly treatment: ArmMoments;
  readonly holdOut: ArmMoments;
  readonly holdOutShare: number;
}

/** The effect of one playbook from the sums of its arms. */
export function effectOf(experiment: Experiment): PlaybookEffect {
  const { playbook, isSimulated, treatment, holdOut, holdOutShare } = experiment;
  const difference = (of: (arm: ArmMoments) => Moments) =>
    adjustedDifference([treatment.settled, of(treatment)], [holdOut.settled, of(holdOut)]);
  const purchaseRate = difference((arm) => arm.purchase);
  const marginMinor = difference((arm) => arm.margin);
  const ratio = sampleRatio(holdOut.assigned, treatment.assigned, holdOutShare);
  const n = treatment.settled;
  const found = {
    playbook,
    isSimulated,
    treatment: summaryOf(treatment),
    holdOut: summaryOf(holdOut),
    purchaseRate,
    marginMinor,
    incremental: purchaseRate &&
      marginMinor && {
        purchases: {
          value: purchaseRate.value * n,
          low: purchaseRate.interval.low * n,
          high: purchaseRate.interval.high * n,
        },
        marginMinor: marginMinor.value * n,
      },
    sampleRatio: ratio,
  };
  return { ...found, sentence: sentenceFor(found) };
}

function adjustedDifference(
  [treated, treatedMoments]: readonly [number, Moments],
  [heldOut, heldOutMoments]: readonly [number, Moments],
): Difference | null {
  if (Math.min(treated, heldOut) < FEWEST_SETTLED) return null;
  const a = statisticsOf(treated, treatedMoments);
  const b = statisticsOf(heldOut, heldOutMoments);
  const pooledX = a.varianceX * (treated - 1) + b.varianceX * (heldOut - 1);
  const pooledXY = a.covariance * (treated - 1) + b.covariance * (heldOut - 1);
  const variance = (theta: number) =>
    (a.varianceY - 2 * theta * a.covariance + theta * theta * a.varianceX) / treated +
    (b.varianceY - 2 * theta * b.covariance + theta * theta * b.varianceX) / heldOut;
  const candidate = pooledX > 0 ? pooledXY / pooledX : 0;
  const plain = variance(0);
  // The pooled slope may hurt when the arms' slopes differ and one is small: then leave the covariate out.
  const theta = variance(candidate) < plain ? candidate : 0;
  const estimate: Estimate = {
    value: a.meanY - b.meanY - theta * (a.meanX - b.meanX),
    variance: Math.max(0, variance(theta)),
    units: treated + heldOut,
  };
  return {
    value: estimate.value,
    interval: anytimeInterval(estimate),
    p: anytimeP(estimate),
    varianceReduction: plain > 0 ? 1 - estimate.variance / plain : 0,
  };
}

const summaryOf = ({ assigned, settled, purchased, margin }: ArmMoments): ArmSummary => ({
  assigned,
  settled,
  purchased,
  rate: settled > 0 ? purchased / settled : null,
  meanMarginMinor: settled > 0 ? margin.y / settled : null,
});

type Found = Omit<PlaybookEffect, 'sentence'>;

function sentenceFor({ isSimulated, treatment, holdOut, purchaseRate, sampleRatio: ratio }: Found): string {
  if (ratio.isBroken)
    return 'The arms are not filled as they were drawn, so no effect can be read from this. Please look into it.';
  if (isSimulated) return 'Simulated: nobody was contacted, so the expected effect is zero.';
  if (purchaseRate === null) {
    const settled = Math.min(treatment.settled, holdOut.settled);
    return `Too early to say: ${settled} of ${FEWEST_SETTLED} settled customers in the smaller group.`;
  }
  const points = (share: number) => `${(100 * Math.abs(share)).toFixed(1)} percentage points`;
  const { low, high } = purchaseRate.interval;
  if (low > 0) return `Being chosen for contact made a purchase more likely, by ${points(purchaseRate.value)}.`;
  if (high < 0) return `Being chosen for contact made a purchase less likely, by ${points(purchaseRate.value)}.`;
  return 'No effect shown yet: what was seen may be chance.';
}
