// A network as a method of the comparison. Its logits have the slope that it would be served with.
import { fit } from '../fit.js';
import { type Teacher } from '../landmarks.js';
import { type NetworkKind } from '../networks/network-kind.js';
import { type ChurnTask, type FittedModel } from './churn-model.js';

const EPOCHS = 30;

/** Fits a network, with a teacher or on labels alone. */
export async function fitNetwork<Name extends string>(
  kind: NetworkKind<Name>,
  task: ChurnTask,
  seed: number,
  teacher?: Teacher,
): Promise<FittedModel> {
  const options = { ...task, seed, epochs: EPOCHS, ...(teacher && { teacher }) };
  const { weights, scaler, medianOrderMinor, slope, epoch } = await fit(options, kind);
  const parts = { ...task, medianOrderMinor, scaler, seed };
  return {
    chosen: { epoch, slope },
    logits: ({ population }) => kind.logits(weights, population, parts).map((logit) => slope * logit),
  };
}
