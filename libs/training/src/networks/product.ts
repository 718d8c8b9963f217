// Matrix product for networks: TensorFlow.js takes its gradients by products with transposed operands, and the WASM backend has those in plain
// loops only. Transposed first, they go through its SIMD kernel, some five times as fast.
import * as tf from '@tensorflow/tfjs';

const multiplied = tf.customGrad((...given) => {
  const [a, b, save] = given as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
  save([a, b]);
  return {
    value: a.matMul(b),
    gradFunc: (byProduct: tf.Tensor, [a, b]: tf.Tensor[]) => [
      byProduct.matMul(b!.transpose()),
      a!.transpose().matMul(byProduct),
    ],
  };
});

/** a · b, of [m, k] and [k, n]. */
export const product = (a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D => multiplied(a, b) as tf.Tensor2D;
