// May a candidate take the champion's place (model.md §6)? Both score the same customers at the same cut-offs. It may when its log-loss is
// better, by an interval that leaves out zero, or when log-loss is a tie, worse by next to nothing at most, and its calibration is better
// by such an interval; never when it ranks worse beyond chance, all customers, or a segment of them by .02 of AUC.
import { type Scale } from '@holdfast/features';
import { type Artifact, segmentOf, sigmoid } from '@holdfast/model';
import { DAY, type Millis } from '@holdfast/schemas';

import { type History } from './history.js';
import { drawn, type Estimate, estimates, minus, resamples, total, type Weights } from './bootstrap.js';
import { type Known } from './known.js';
import { isEnough, leftAlone, type LeftAlone } from './left-alone.js';
import { DECISIVE, type Decisive, ranked } from './metrics.js';
import { type AtRisk, atRiskAt } from './population.js';
import { randomFor } from './random.js';
import { rfmOf } from './segments/rfm-of.js';
import { fitSegmentation } from './segments/segmentation.js';
import { servedLogits } from './served.js';

const RESAMPLES = 500;
const MOST_LOST_AUC = 0.02;
/** A tie in log-loss: this much worse at most, with what chance may add. */
const MOST_LOST_LOGLOSS = 0.003;

/** Where customers fall into no segments: by purchases so far. */
const BANDS = [
  { name: '1 purchase', most: 1 },
  { name: '2 to 4 purchases', most: 4 },
  { name: '5 or more purchases', most: Infinity },
] as const;

/** A segment of customers, candidate minus champion. */
export interface SegmentDifference {
  readonly name: string;
  readonly rows: number;
  /** `null`: too few to tell. */
  readonly auc: Estimate | null;
}

/** How the two did on the same rows, and what follows. */
export interface Contest extends Pick<LeftAlone, 'contacted' | 'unrepresented' | 'isBlind'> {
  readonly cutoffs: readonly Millis[];
  /** One a customer and cut-off, of those who were left alone. */
  readonly rows: number;
  readonly baseRate: number;
  readonly champion: Readonly<Record<Decisive, number>>;
  readonly candidate: Readonly<Record<Decisive, number>>;
  /** Candidate minus champion, paired: customers are drawn again, each with all rows. */
  readonly difference: Readonly<Record<Decisive, Estimate>>;
  /** By recency, frequency and spend; where customers fall into none by these, by purchases. */
  readonly segments: readonly SegmentDifference[];
  /** Why it may not be promoted; `null`: it may. */
  readonly objection: string | null;
}

/** Throws `RangeError` when the two cannot be compared. */
export function contest(
  { champion, candidate }: { readonly champion: Artifact; readonly candidate: Artifact },
  { histories, until, drawsOf }: Omit<Known, 'from'>,
  cutoffs: readonly Millis[],
): Contest {
  const { horizonDays, activeDays } = champion;
  if (horizonDays !== candidate.horizonDays || activeDays !== candidate.activeDays)
    throw new RangeError(
      `The two predict different things: the champion no purchase within ${horizonDays} days, ` +
        `the candidate within ${candidate.horizonDays}. No rows can show which is better: train one for ${horizonDays} days, or promote without comparing.`,
    );
  const known = cutoffs.filter((at) => at + horizonDays * DAY <= until);
  const everybody = known.flatMap((at) => atRiskAt(histories, at, champion));
  const { population: rows, weights, ...others } = leftAlone(everybody, drawsOf, horizonDays);
  const y = Uint8Array.from(rows, (row) => Number(row.churned));
  if (!isEnough({ weights }, y))
    throw new RangeError(
      `At ${known.length} of ${cutoffs.length} cut-offs the data go on for ${horizonDays} days; ${rows.length} customers were at risk there, ` +
        `and ${y.filter((label) => label === 1).length} churned. That is too little to tell which is better: name other data with --data.`,
    );
  const logits = { champion: servedLogits(champion, rows), candidate: servedLogits(candidate, rows) };
  const samples = customerWeights(rows);
  const of = (one: keyof typeof logits) =>
    drawn(ranked({ p: logits[one].map(sigmoid), y }, DECISIVE), samples, weights);
  const [old, young] = [of('champion'), of('candidate')];
  const shown = {
    ...others,
    cutoffs: known,
    rows: rows.length,
    baseRate: weights.reduce((sum, weight, i) => sum + weight * y[i]!, 0) / total(weights),
    champion: old.value,
    candidate: young.value,
    difference: estimates(minus(young, old)),
    segments: segmentDifferences(rows, y, { logits, samples, weights, scale: champion.scale }),
  };
  return { ...shown, objection: objectionTo(shown) };
}

/** Customers, each with all their rows, drawn with replacement. */
function customerWeights(rows: readonly AtRisk[]): Uint16Array[] {
  const numbers = new Map<History, number>();
  const customerOf = rows.map(({ history }) => {
    const number = numbers.get(history) ?? numbers.size;
    numbers.set(history, number);
    return number;
  });
  return resamples(numbers.size, RESAMPLES, randomFor(0, 'contest')).map((drawn) =>
    Uint16Array.from(customerOf, (customer) => drawn[customer]!),
  );
}

function segmentDifferences(
  rows: readonly AtRisk[],
  y: Uint8Array,
  {
    logits,
    samples,
    weights,
    scale,
  }: {
    readonly logits: Readonly<Record<'champion' | 'candidate', Float64Array>>;
    readonly samples: readonly Uint16Array[];
    readonly weights: Weights;
    readonly scale: Scale;
  },
): SegmentDifference[] {
  const { names, segments } = segmentsOf(rows, scale);
  return names.map((name, segment) => {
    const own = segments.flatMap((of, i) => (of === segment ? [i] : []));
    const labels = Uint8Array.from(own, (i) => y[i]!);
    if (!isEnough({ weights: Float64Array.from(own, (i) => weights[i]!) }, labels))
      return { name, rows: own.length, auc: null };
    const of = (all: Float64Array) => {
      const auc = ranked({ p: Float64Array.from(own, (i) => sigmoid(all[i]!)), y: labels }, ['auc']);
      return drawn((counts) => auc(Float64Array.from(own, (i) => counts[i]!)), samples, weights);
    };
    const { auc } = estimates(minus(of(logits.candidate), of(logits.champion)));
    return { name, rows: own.length, auc };
  });
}

/** The number of each row's segment, and their names. */
function segmentsOf(rows: readonly AtRisk[], scale: Scale): { names: readonly string[]; segments: readonly number[] } {
  const last = new Map(rows.map((row) => [row.history, row])); // of each customer one
  const segmentation = fitSegmentation([...last.values()].map((row) => rfmOf(row, scale)), 0); // prettier-ignore
  if (segmentation.names.length > 1)
    return { names: segmentation.names, segments: rows.map((row) => segmentOf(segmentation, rfmOf(row, scale))) };
  const bandOf = ({ history, index }: AtRisk) => BANDS.findIndex(({ most }) => history.moments[index]!.orders <= most);
  return { names: BANDS.map(({ name }) => name), segments: rows.map(bandOf) };
}

/** Why the candidate may not be promoted; null: it may. */
export function objectionTo({
  difference: { auc, logloss, ece },
  segments,
  unrepresented,
  isBlind,
}: Omit<Contest, 'objection'>): string | null {
  if (isBlind)
    return `Nobody was held out for ${unrepresented} who were contacted: what they would have done is not known, and the others are not like them.`;
  if (logloss.low > 0) return 'Its log-loss is worse.';
  if (auc.high < 0) return `It ranks customers worse (AUC ${auc.value.toFixed(3)}).`;
  if (logloss.high >= 0 && (logloss.high > MOST_LOST_LOGLOSS || ece.high >= 0))
    return 'Neither its log-loss nor its calibration is better beyond chance.';
  const loser = segments.find(({ auc }) => auc !== null && auc.value <= -MOST_LOST_AUC && auc.high < 0);
  return loser ? `The segment "${loser.name}" would be ranked worse (AUC ${loser.auc!.value.toFixed(3)}).` : null;
}
