// What is known of shops before anything is known of this one: a network that has learnt from several others at once (model.md §7). Durations
// are in u-days and amounts in usual orders, so that it reads any shop's customers. Categories are other words in every shop: it sees none.
import { CATEGORY_BUCKETS, type Scale, STEP } from '@holdfast/features';
import { type Artifact } from '@holdfast/model';

import { fit, type FitOptions, type Fitted } from './fit.js';
import { MEMBERS } from './fusions.js';
import { type History, type Moment } from './history.js';
import { scaleOf } from './median-order.js';
import { type ChurnModel, type ChurnTask } from './models/churn-model.js';
import { type LstmWeight } from './networks/lstm.js';
import { type Definition } from './population.js';
import { artifactOf, knotsOf, SERVED } from './served.js';
import { teach } from './teacher.js';

/** How it is made. */
export interface PriorOptions extends FitOptions {
  /** Whose mean it learns from in each shop; default {@link MEMBERS}, none: from labels alone. */
  readonly teachers?: readonly ChurnModel[];
  /** As the teacher of a shop comes about; may wait, so that the caller's event loop turns, and throw to leave. */
  onTeaching?(shop: number, done: number, of: number): Promise<void> | void;
}

/** A network in units of its own (`horizonDays` 90), not calibrated for any shop, and how it came about. */
export interface Prior {
  readonly artifact: Artifact;
  readonly fitted: Omit<Fitted<LstmWeight>, 'weights' | 'scaler'>;
}

/** Whatever a shop's horizon is, it is 90 u-days. */
const UNITS: Definition = { horizonDays: 90, activeDays: 180 };

/** Learns from all shops at once, each with the teacher that its own customers allow. */
export async function fitPrior(shops: readonly ChurnTask[], options: PriorOptions): Promise<Prior> {
  const { seed, teachers = MEMBERS } = options;
  const lessons = [];
  for (const [i, shop] of shops.entries()) {
    const task = { ...shop, histories: withoutCategories(shop.histories) };
    const onFit = (done: number, of: number) => options.onTeaching?.(i, done, of);
    const teacher = await teach(task, { seed, methods: teachers, onFit });
    lessons.push({ ...task, ...scaleOf(task), ...(teacher && { teacher }) });
  }
  const { weights, scaler, ...fitted } = await fit(lessons, SERVED, options);
  const artifact = artifactOf(weights, { ...UNITS, medianOrderMinor: 1, scaler, seed });
  const { embedding } = artifact;
  const none = embedding.table.subarray(0, embedding.size);
  const table = Float32Array.from({ length: CATEGORY_BUCKETS * embedding.size }, (_, i) => none[i % embedding.size]!);
  return {
    artifact: { ...artifact, embedding: { ...embedding, table }, calibration: { slope: fitted.slope } },
    fitted,
  };
}

const withoutCategories = (histories: readonly History[]): History[] =>
  histories.map((history) => ({ ...history, moments: history.moments.map(withoutCategory) }));

function withoutCategory(moment: Moment): Moment {
  return moment.x === null ? moment : { ...moment, x: moment.x.with(STEP.category, 0) };
}

/** The prior in a shop's units, as it may be served there: it ranks; of a probability it knows only other shops' level. */
export const priorIn = (prior: Artifact, { horizonDays, activeDays }: Definition, scale: Scale): Artifact => ({
  ...prior,
  scale,
  knotsDays: knotsOf({ horizonDays }),
  horizonDays,
  activeDays,
});
