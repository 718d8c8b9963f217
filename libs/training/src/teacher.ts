// The teacher (model.md §4): after every event, the mean logit of three methods at each knot of silence, joined as curves are. Each
// customer's curve comes from methods that were fitted on other customers: one that has seen the labels teaches them, not what is likely.
// At a knot everything after the event is as if it had not come yet.
import { logitAt, sigmoid } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { churnTask, isTooSmall } from './churn-task.js';
import { type History, type Moment } from './history.js';
import { stretchAfter, type Teacher, type TrainingPeriod } from './landmarks.js';
import { MEMBERS, meanLogit } from './fusions.js';
import { type ChurnModel, type ChurnTask, type FittedModel } from './models/churn-model.js';
import { type AtRisk } from './population.js';
import { randomFor, shuffled } from './random.js';
import { rowsOf } from './rows.js';
import { knotsOf } from './served.js';

/** Groups of customers, each taught by methods that were fitted on the others. */
const FOLDS = 3;
/** Rows that are laid out at a time. */
const CHUNK = 20_000;

/** Resolves to `null` where a fold would be too small to fit anything on. */
export async function teach(
  task: ChurnTask,
  seed: number,
  methods: readonly ChurnModel[] = MEMBERS,
): Promise<Teacher | null> {
  const { histories, split } = task;
  const mixed = shuffled(histories, randomFor(seed, 'folds'));
  const folds = Array.from({ length: FOLDS }, (_, fold) => ({
    own: mixed.filter((_, i) => i % FOLDS === fold),
    others: mixed.filter((_, i) => i % FOLDS !== fold),
  }));
  if (folds.some(({ others }) => isTooSmall(others, task, split))) return null;
  const knots = knotsOf(task);
  const curves = new Map<Moment, Float32Array>();
  for (const { own, others } of folds) {
    const learnt = churnTask(others, task, split);
    const members: FittedModel[] = [];
    for (const method of methods) members.push(await method.fit(learnt, seed));
    for (const questions of chunked(own.flatMap((history) => questionsOf(history, task, knots)))) {
      const rows = rowsOf(questions, learnt.scheme);
      const logits = meanLogit(members.map((member) => member.logits(rows)));
      for (const [i, { history, index, knot }] of questions.entries()) {
        const moment = history.moments[index]!;
        const curve = curves.get(moment) ?? new Float32Array(knots.length);
        // What was not asked is as at the nearest knot that was.
        curve.fill(logits[i]!, curves.has(moment) ? knot : 0);
        curves.set(moment, curve);
      }
    }
  }
  return ({ moments }, { moment, at }) => {
    const known = moments[moment]!;
    return sigmoid(logitAt(knots, curves.get(known)!, (at - known.lastActivityAt!) / DAY));
  };
}

interface Question extends AtRisk {
  readonly knot: number;
}

/** All knots between which landmarks can be drawn, by rising moment and knot. */
function questionsOf(history: History, period: TrainingPeriod, knots: readonly number[]): Question[] {
  return history.moments.flatMap((known, index) => {
    const stretch = stretchAfter(history, index, period);
    if (stretch === null) return [];
    const times = knots.map((days) => known.lastActivityAt! + days * DAY);
    const first = Math.max(
      0,
      times.findLastIndex((at) => at <= stretch.from),
    );
    const last = times.findIndex((at) => at >= stretch.until);
    return times.flatMap((at, knot) =>
      knot < first || (last >= 0 && knot > last)
        ? []
        : [{ history, index, at: Math.max(at, known.at), churned: false, knot }],
    );
  });
}

const chunked = (questions: readonly Question[]): Question[][] =>
  Array.from({ length: Math.ceil(questions.length / CHUNK) }, (_, i) => questions.slice(i * CHUNK, (i + 1) * CHUNK));
