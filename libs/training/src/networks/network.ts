// The wide-and-deep network of model.md §4 in TensorFlow.js: embedding + encoder over steps; head [h, z(wide at s), log(1+s)/4, s/90] →
// dropout → Dense ReLU → dropout → logit, plus a linear skip from z that starts at 0. The embedding is a product with a one-hot matrix:
// the gradient of a gather is not there in the WASM backend.
import * as tf from '@tensorflow/tfjs';
import { CATEGORY_BUCKETS, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';

import { type Batch, DRAWS } from '../batch.js';
import { type Random, uniform } from '../random.js';
import { EMBEDDING_SIZE, type Encoder, HIDDEN } from './encoder.js';
import { LSTM, type LstmWeight } from './lstm.js';
import { product } from './product.js';

const UNITS = 32;
const HEAD = HIDDEN + WIDE_SIZE + 2;

/** One kind of network. */
export interface Architecture<Name extends string> {
  readonly encoder: Encoder<Name>;
  /** It sees the running counters beside the encoder. */
  readonly isWide: boolean;
}

/** The one that is served. */
export const LSTM_WIDE: Architecture<LstmWeight> = { encoder: LSTM, isWide: true };

const HEAD_SHAPES = {
  dense: [HEAD, UNITS],
  denseBias: [UNITS],
  output: [UNITS, 1],
  outputBias: [1],
  skip: [WIDE_SIZE, 1],
} as const;
type OwnWeight = 'embedding' | keyof typeof HEAD_SHAPES;

/** Plain copies of all weights; `Name`: of the encoder's. */
export type Weights<Name extends string> = Readonly<Record<OwnWeight | Name, Float32Array>>;

/** In the order they are initialised in. */
const shapesOf = <Name extends string>({ encoder }: Architecture<Name>) =>
  Object.entries({ embedding: [CATEGORY_BUCKETS, EMBEDDING_SIZE], ...encoder.shapes, ...HEAD_SHAPES }) as [
    OwnWeight | Name,
    number[],
  ][];

const byName = <Name extends string, T>(
  architecture: Architecture<Name>,
  make: (name: OwnWeight | Name, shape: number[]) => T,
) =>
  Object.fromEntries(shapesOf(architecture).map(([name, shape]) => [name, make(name, shape)])) as Record<
    OwnWeight | Name,
    T
  >;

/** Seeded first weights: uniform in ±1/√fan-in, skip 0. */
export function firstWeights<Name extends string>(architecture: Architecture<Name>, random: Random): Weights<Name> {
  const made = byName(architecture, (name, shape) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return uniform(size, boundOf(name), random);
  });
  architecture.encoder.prepare?.(made);
  return made;
}

function boundOf(name: string): number {
  if (name === 'skip') return 0;
  if (name === 'embedding') return 0.1;
  if (!(name in HEAD_SHAPES)) return 1 / Math.sqrt(HIDDEN);
  return 1 / Math.sqrt(name === 'output' || name === 'outputBias' ? UNITS : HEAD);
}

/** Dropout masks of one batch: 0 or 1/(1 − rate). `null`: none. */
export interface Masks {
  readonly head: tf.Tensor2D; // [R, HEAD]
  readonly units: tf.Tensor2D; // [R, UNITS]
}

/** The network's variables; `dispose` them when done. */
export class Network<Name extends string> {
  readonly #variables: Readonly<Record<OwnWeight | Name, tf.Variable>>;

  constructor(
    readonly architecture: Architecture<Name>,
    weights: Weights<Name>,
  ) {
    this.#variables = tf.tidy(() =>
      byName(architecture, (name, shape) => tf.variable(tf.tensor(weights[name], shape), true)),
    );
  }

  /** In the order in which they are initialised. */
  get variables(): readonly tf.Variable[] {
    return shapesOf(this.architecture).map(([name]) => this.#variables[name]);
  }

  /** Hidden states after every step, [N, HIDDEN], step-major. */
  states({ counts, categories, steps }: Pick<Batch, 'counts' | 'categories' | 'steps'>): tf.Tensor2D {
    const total = categories.length;
    const hot = tf.oneHot(tf.tensor1d(categories, 'int32'), CATEGORY_BUCKETS).toFloat() as tf.Tensor2D;
    const embedded = product(hot, this.#variables.embedding as tf.Tensor2D);
    const inputs = tf.concat([tf.tensor2d(steps, [total, STEP_SIZE]), embedded], 1) as tf.Tensor2D; // [N, INPUTS]
    return this.architecture.encoder.states(this.#variables, inputs, counts);
  }

  /** Raw logits [R] of rows, each with the hidden state it follows, [R, HIDDEN]. */
  head(h: tf.Tensor2D, { wide, silence }: Pick<Batch, 'wide' | 'silence'>, masks: Masks | null): tf.Tensor1D {
    const v = this.#variables;
    const rows = h.shape[0];
    const z: tf.Tensor2D = this.architecture.isWide
      ? tf.tensor2d(wide, [rows, WIDE_SIZE])
      : tf.zeros([rows, WIDE_SIZE]);
    let head = tf.concat([h, z, tf.tensor2d(silence, [rows, 2])], 1); // [R, HEAD]
    if (masks) head = head.mul(masks.head);
    let units: tf.Tensor2D = product(head, v.dense as tf.Tensor2D)
      .add(v.denseBias)
      .relu(); // [R, UNITS]
    if (masks) units = units.mul(masks.units);
    const deep = product(units, v.output as tf.Tensor2D).add(v.outputBias);
    return deep.add(product(z, v.skip as tf.Tensor2D)).reshape([rows]);
  }

  /** Raw logits of all rows asked, [R]. */
  logits(batch: Batch, masks: Masks | null): tf.Tensor1D {
    const h = this.states(batch);
    return this.head(tf.concat<tf.Tensor2D>(new Array<tf.Tensor2D>(DRAWS).fill(h), 0), batch, masks);
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
  weights(): Weights<Name> {
    return byName(this.architecture, (name) => Float32Array.from(this.#variables[name].dataSync()));
  }

  dispose(): void {
    for (const variable of this.variables) variable.dispose();
  }
}

/** Masks of one batch from seeded chance. */
export function masksFor(rows: number, rate: number, random: Random): Masks {
  const mask = (width: number) => {
    const kept = new Float32Array(rows * width);
    for (let i = 0; i < kept.length; i++) kept[i] = random.next() < rate ? 0 : 1 / (1 - rate);
    return tf.tensor2d(kept, [rows, width]);
  };
  return { head: mask(HEAD), units: mask(UNITS) };
}
