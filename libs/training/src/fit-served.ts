// What is to be served, from the teacher to the calibration: a student (model.md §4), which learns less from what happened than from what its
// teacher thought likely. Where there are too few customers for a teacher, from labels alone.
import { type Artifact } from '@holdfast/model';

import { calibrated, fitCalibration, type FittedCalibration } from './calibration.js';
import { fit, type FitOptions, type Fitted } from './fit.js';
import { MEMBERS } from './fusions.js';
import { scaleOf } from './median-order.js';
import { type ChurnModel, type ChurnTask } from './models/churn-model.js';
import { type LstmWeight } from './networks/lstm.js';
import { artifactOf, beginningOf, SERVED, servedLogits } from './served.js';
import { teach } from './teacher.js';

/** How a fit is steered and heard from. */
export interface ServedOptions extends Pick<FitOptions, 'seed' | 'epochs' | 'onProgress' | 'shouldStop'> {
  /** Whose mean it learns from; default {@link MEMBERS}, none: from labels alone. */
  readonly teachers?: readonly ChurnModel[];
  /** A release to go on from, in a few small steps; default: from nothing. */
  readonly from?: Artifact;
  /** As the teacher comes about: fits done of fits needed. May wait, so that the caller's event loop turns. */
  onTeaching?(done: number, of: number): Promise<void> | void;
}

/** The network as an artifact whose thresholds are still to be chosen, and how it came about. */
export interface ServedFit extends Omit<Fitted<LstmWeight>, 'weights' | 'scaler' | 'slope'> {
  readonly artifact: Artifact;
  /** From validation; in the artifact already. */
  readonly calibration: FittedCalibration;
  /** It learnt from a teacher, not from labels alone. */
  readonly isTaught: boolean;
}

/** Throws `Error` when it was to stop before there was a network, and `RangeError` when it cannot go on from `from`. */
export async function fitServed(task: ChurnTask, options: ServedOptions): Promise<ServedFit> {
  const { seed, teachers = MEMBERS, from } = options;
  if (from && from.horizonDays !== task.horizonDays)
    throw new RangeError(
      `The release to go on from predicts churn within ${from.horizonDays} days, this training within ${task.horizonDays}: name the same horizon, or begin anew.`,
    );
  const teacher = await teach(task, {
    seed,
    methods: teachers,
    async onFit(done, of) {
      await options.onTeaching?.(done, of);
      if (done < of && options.shouldStop?.())
        throw new Error('Stopped while the teacher was learning, before there was a network.');
    },
  });
  const medianOrderMinor = from?.scale.medianOrderMinor ?? scaleOf(task).medianOrderMinor;
  const lesson = { ...task, medianOrderMinor, ...(teacher && { teacher }) };
  const { weights, scaler, slope: _, ...fitted } = await fit([lesson], SERVED, options, from && beginningOf(from));
  const artifact = artifactOf(weights, { ...task, seed, scaler, medianOrderMinor });
  const { population, y } = task.validation;
  const calibration = fitCalibration(servedLogits(artifact, population), y);
  return { ...fitted, isTaught: teacher !== null, artifact: calibrated(artifact, calibration), calibration };
}
