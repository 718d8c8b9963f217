// The teacher (model.md §4): after every event, the mean logit of three methods at each knot of silence, joined as curves are. Each
// customer's curve comes from methods that were fitted on other customers: one that has seen the labels teaches them, not what is likely.
// At a knot everything after the event is as if it had not come yet.
import { logitAt, sigmoid } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { churnTask, isTooSmall } from './churn-task.js';
import { type History } from './history.js';
import { stretchAfter, type Teacher, type TrainingPeriod } from './landmarks.js';
import { meanLogit } from './fusions.js';
import { type ChurnModel, type ChurnTask, type FittedModel } from './models/churn-model.js';
import { type AtRisk } from './population.js';
import { randomFor, shuffled } from './random.js';
import { rowsOf } from './rows.js';
import { knotsOf } from './served.js';

/** Groups of customers, each taught by methods that were fitted on the others. */
const FOLDS = 3;
/** Rows that are laid out at a time. */
const CHUNK = 20_000;

/** How the teacher is made. */
export interface TeachingOptions {
  readonly seed: number;
  readonly methods: readonly ChurnModel[];
  /** Before each fit, and with `done === of` after the last; may wait, so that the caller's event loop turns, and throw to leave. */
  onFit?(done: number, of: number): Promise<void> | void;
}

/** Resolves to `null` without methods, and where a fold would be too small to fit anything on. */
export async function teach(task: ChurnTask, { seed, methods, onFit }: TeachingOptions): Promise<Teacher | null> {
  if (methods.length === 0) return null;
  const { histories, split } = task;
  const mixed = shuffled(histories, randomFor(seed, 'folds'));
  const folds = Array.from({ length: FOLDS }, (_, fold) => ({
    own: mixed.filter((_, i) => i % FOLDS === fold),
    others: mixed.filter((_, i) => i % FOLDS !== fold),
  }));
  if (folds.some(({ others }) => isTooSmall(others, task, split))) return null;
  const knots = knotsOf(task);
  const curves = new Map<History, Float32Array>(); // [moments, knots]
  const fits = FOLDS * methods.length;
  for (const [fold, { own, others }] of folds.entries()) {
    const learnt = churnTask(others, task, split);
    const members: FittedModel[] = [];
    for (const [i, method] of methods.entries()) {
      await onFit?.(fold * methods.length + i, fits);
      members.push(await method.fit(learnt, seed));
    }
    for (const questions of chunked(questionsOf(own, task, knots))) {
      const rows = rowsOf(questions, learnt.scheme);
      const logits = meanLogit(members.map((member) => member.logits(rows)));
      for (const [i, { history, index, knot }] of questions.entries()) {
        const ofHistory = curves.get(history) ?? new Float32Array(history.moments.length * knots.length).fill(NaN);
        curves.set(history, ofHistory);
        const curve = ofHistory.subarray(index * knots.length, (index + 1) * knots.length);
        // What was not asked is as at the nearest knot that was.
        curve.fill(logits[i]!, Number.isNaN(curve[0]) ? 0 : knot);
      }
    }
  }
  await onFit?.(fits, fits);
  return (history, { moment, at }) => {
    const curve = curves.get(history)!.subarray(moment * knots.length, (moment + 1) * knots.length);
    return sigmoid(logitAt(knots, curve, (at - history.moments[moment]!.lastActivityAt!) / DAY));
  };
}

interface Question extends AtRisk {
  readonly knot: number;
}

/** All knots between which landmarks can be drawn, by customer, moment and rising knot. */
function* questionsOf(
  histories: readonly History[],
  period: TrainingPeriod,
  knots: readonly number[],
): Generator<Question> {
  for (const history of histories)
    for (const [index, known] of history.moments.entries()) {
      const stretch = stretchAfter(history, index, period);
      if (stretch === null) continue;
      const times = knots.map((days) => known.lastActivityAt! + days * DAY);
      const first = Math.max(
        0,
        times.findLastIndex((at) => at <= stretch.from),
      );
      const beyond = times.findIndex((at) => at >= stretch.until);
      const last = beyond < 0 ? knots.length - 1 : beyond;
      for (let knot = first; knot <= last; knot++)
        yield { history, index, at: Math.max(times[knot]!, known.at), churned: false, knot };
    }
}

function* chunked(questions: Iterable<Question>): Generator<Question[]> {
  let chunk: Question[] = [];
  for (const question of questions) {
    chunk.push(question);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
