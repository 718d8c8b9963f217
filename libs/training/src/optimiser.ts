// One step of Adam (Kingma & Ba 2015) with the gradient clipped to norm 1 and weight decay added to it.
import * as tf from '@tensorflow/tfjs';

export const LEARNING_RATE = 3e-3;
const WEIGHT_DECAY = 1e-4;
const CLIP_NORM = 1;

/** Minimises a loss step by step. */
export interface Optimiser {
  /** One step down the gradient of `loss`; returns the loss before it. */
  step(loss: () => tf.Scalar): number;
  dispose(): void;
}

/** Adam over the given variables. */
export function adam(variables: readonly tf.Variable[], learningRate = LEARNING_RATE): Optimiser {
  const inner = tf.train.adam(learningRate);
  return {
    step: (loss) =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(loss, [...variables]);
        // A weight that takes no part in the loss has no gradient, ever.
        const learning = variables.filter(({ name }) => grads[name] !== undefined);
        const squares = learning.map((variable) => grads[variable.name]!.square().sum());
        const norm = Math.sqrt(tf.addN(squares).dataSync()[0]!);
        const factor = norm > CLIP_NORM ? CLIP_NORM / norm : 1;
        // Adam keeps its moments by position, so the order must not change.
        const clipped = learning.map((variable) => ({
          name: variable.name,
          tensor: grads[variable.name]!.mul(factor).add(variable.mul(WEIGHT_DECAY)),
        }));
        inner.applyGradients(clipped);
        return value.dataSync()[0]!;
      }),
    dispose: () => inner.dispose(),
  };
}
