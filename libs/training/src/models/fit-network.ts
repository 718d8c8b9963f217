// A network as a method of the comparison, learnt from labels alone. Its logits have the slope that it would be served with.
import { fit } from '../fit.js';
import { scaleOf } from '../median-order.js';
import { type NetworkKind } from '../networks/network-kind.js';
import { type ChurnTask, type FittedModel } from './churn-model.js';

/** Most epochs of any network of the comparison. */
export const EPOCHS = 30;

/** Fits a network. */
export async function fitNetwork<Name extends string>(
  kind: NetworkKind<Name>,
  task: ChurnTask,
  seed: number,
): Promise<FittedModel> {
  const lesson = { ...task, ...scaleOf(task) };
  const { weights, scaler, slope, epoch } = await fit([lesson], kind, { seed, epochs: EPOCHS });
  const parts = { ...lesson, scaler, seed };
  return {
    chosen: { epoch, slope },
    logits: ({ population }) => kind.logits(weights, population, parts).map((logit) => slope * logit),
  };
}
