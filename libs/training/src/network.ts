// The wide-and-deep student of model.md §4 in TensorFlow.js: embedding + LSTM over steps; head [h, z(wide at s), log(1+s)/4, s/90] →
// dropout → Dense ReLU → dropout → logit, plus a linear skip from z that starts at 0. Gate order i, f, c, o and σ gates, as in Keras.
// Steps are laid out without padding (batch.ts), and no kernel is used that the WASM backend lacks a gradient for: the embedding is a
// product with a one-hot matrix, because the gradient of a gather is not there.
import * as tf from '@tensorflow/tfjs';
import { CATEGORY_BUCKETS, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';

import { type Batch, DRAWS } from './batch.js';
import { type Random, uniform } from './random.js';

export const HIDDEN = 32;
export const UNITS = 32;
export const EMBEDDING_SIZE = 4;
const INPUTS = STEP_SIZE + EMBEDDING_SIZE;
const HEAD = HIDDEN + WIDE_SIZE + 2;

/** Shapes of all weights, in the order they are initialised in. */
export const SHAPES = {
  embedding: [CATEGORY_BUCKETS, EMBEDDING_SIZE],
  kernel: [INPUTS, 4 * HIDDEN],
  recurrent: [HIDDEN, 4 * HIDDEN],
  bias: [4 * HIDDEN],
  dense: [HEAD, UNITS],
  denseBias: [UNITS],
  output: [UNITS, 1],
  outputBias: [1],
  skip: [WIDE_SIZE, 1],
} as const;
export type WeightName = keyof typeof SHAPES;
const NAMES = Object.keys(SHAPES) as WeightName[];

/** Plain copies of all weights. */
export type Weights = Readonly<Record<WeightName, Float32Array>>;

/** Seeded first weights: uniform in ±1/√fan-in, forget-gate bias 1, skip 0. */
export function firstWeights(random: Random): Weights {
  const made = {} as Record<WeightName, Float32Array>;
  for (const name of NAMES) {
    const shape = SHAPES[name];
    const size = shape.reduce((product: number, length) => product * length, 1);
    made[name] = uniform(size, boundOf(name), random);
  }
  made.bias.fill(1, HIDDEN, 2 * HIDDEN);
  return made;
}

function boundOf(name: WeightName): number {
  if (name === 'skip') return 0;
  if (name === 'embedding') return 0.1;
  const isLstm = name === 'kernel' || name === 'recurrent' || name === 'bias';
  if (isLstm) return 1 / Math.sqrt(HIDDEN);
  return 1 / Math.sqrt(name === 'output' || name === 'outputBias' ? UNITS : HEAD);
}

/** Dropout masks of one batch: 0 or 1/(1 − rate). `null`: none. */
export interface Masks {
  readonly head: tf.Tensor2D; // [R, HEAD]
  readonly units: tf.Tensor2D; // [R, UNITS]
}

const variableOf = (weights: Weights, name: WeightName): tf.Variable =>
  tf.variable(tf.tensor(weights[name], [...SHAPES[name]]), true);

/** The network's variables; `dispose` them when done. */
export class Network {
  readonly #variables: Readonly<Record<WeightName, tf.Variable>>;

  constructor(weights: Weights) {
    this.#variables = tf.tidy(
      () =>
        Object.fromEntries(NAMES.map((name) => [name, variableOf(weights, name)])) as Record<WeightName, tf.Variable>,
    );
  }

  /** In the order of {@link SHAPES}. */
  get variables(): readonly tf.Variable[] {
    return NAMES.map((name) => this.#variables[name]);
  }

  /** Hidden states after every step of a batch, [N, HIDDEN], step-major. */
  states(batch: Batch): tf.Tensor2D {
    const v = this.#variables;
    const { counts } = batch;
    const total = batch.categories.length;
    const steps = tf.tensor2d(batch.steps, [total, STEP_SIZE]);
    const hot = tf.oneHot(tf.tensor1d(batch.categories, 'int32'), CATEGORY_BUCKETS).toFloat() as tf.Tensor2D;
    const inputs = tf.concat([steps, tf.matMul(hot, v.embedding as tf.Tensor2D)], 1); // [N, INPUTS]
    const projected = inputs.matMul(v.kernel as tf.Tensor2D).add(v.bias); // [N, 4H]
    const perStep = counts.length > 1 ? tf.split(projected, [...counts], 0) : [projected];
    let h = tf.zeros([counts[0]!, HIDDEN]) as tf.Tensor2D;
    let c = h;
    const all: tf.Tensor2D[] = [];
    counts.forEach((count, t) => {
      if (h.shape[0] > count) {
        h = h.slice([0, 0], [count, HIDDEN]);
        c = c.slice([0, 0], [count, HIDDEN]);
      }
      const z = perStep[t]!.add(h.matMul(v.recurrent as tf.Tensor2D));
      const [i, f, g, o] = tf.split(z, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
      h = o.sigmoid().mul(c.tanh());
      all.push(h);
    });
    return tf.concat(all, 0) as tf.Tensor2D;
  }

  /** Raw logits of all rows asked, [R]. */
  logits(batch: Batch, masks: Masks | null): tf.Tensor1D {
    const v = this.#variables;
    const rows = batch.label.length;
    const h = this.states(batch);
    const wide = tf.tensor2d(batch.wide, [rows, WIDE_SIZE]);
    const silence = tf.tensor2d(batch.silence, [rows, 2]);
    const repeated = tf.concat(new Array<tf.Tensor2D>(DRAWS).fill(h), 0);
    let head = tf.concat([repeated, wide, silence], 1); // [R, HEAD]
    if (masks) head = head.mul(masks.head);
    let units = head
      .matMul(v.dense as tf.Tensor2D)
      .add(v.denseBias)
      .relu() as tf.Tensor2D; // [R, UNITS]
    if (masks) units = units.mul(masks.units);
    const deep = units.matMul(v.output as tf.Tensor2D).add(v.outputBias);
    return deep.add(wide.matMul(v.skip as tf.Tensor2D)).reshape([rows]);
  }

  /** Weighted cross-entropy Σ w·ce / `norm`: max(l, 0) − l·y + log(1 + e^−|l|). */
  loss(batch: Batch, norm: number, masks: Masks | null): tf.Scalar {
    const logits = this.logits(batch, masks);
    const label = tf.tensor1d(batch.label);
    const weight = tf.tensor1d(batch.weight);
    const entropy = logits.relu().sub(logits.mul(label)).add(logits.abs().neg().exp().add(1).log());
    return entropy.mul(weight).sum().div(norm) as tf.Scalar;
  }

  /** Copies of the present weights. */
  weights(): Weights {
    return Object.fromEntries(
      NAMES.map((name) => [name, Float32Array.from(this.#variables[name].dataSync())]),
    ) as Record<WeightName, Float32Array>;
  }

  dispose(): void {
    for (const variable of this.variables) variable.dispose();
  }
}

/** Masks of one batch from seeded chance. */
export function masksFor(rows: number, rate: number, random: Random): Masks {
  const mask = (width: number) =>
    tf.tensor2d(
      Float32Array.from({ length: rows * width }, () => (random.next() < rate ? 0 : 1 / (1 - rate))),
      [rows, width],
    );
  return { head: mask(HEAD), units: mask(UNITS) };
}
