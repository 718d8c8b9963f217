// The network in TensorFlow.js: its gradient, and that it is served as it was trained.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { STEP_SIZE, WIDE_SIZE, wideAt } from '@holdfast/features';
import { initialLstmState } from '@holdfast/model';
import { advance } from '@holdfast/risk';
import { DAY } from '@holdfast/schemas';
import * as tf from '@tensorflow/tfjs';

import { type Batch, batchOf, DRAWS } from '../batch.js';
import { CNN_LSTM } from './cnn-lstm.js';
import { GRU } from './gru.js';
import { LSTM, type LstmWeight } from './lstm.js';
import { type Architecture, firstWeights, LSTM_WIDE, Network, type Weights } from './network.js';
import { NO_ENCODER } from './no-encoder.js';
import { rescored } from './rescored.js';
import { randomFor, uniform } from '../random.js';
import { type AtRisk } from '../population.js';
import { artifactOf, curveOf, servedLogits } from '../served.js';
import { splitOf } from '../split.js';
import { historiesOf, SHOP_START as start, syntheticEvents } from '../synthetic-shop.js';
import { type Scaler, sequencesOf } from '../training-set.js';

const horizonDays = 20;
const definition = { horizonDays, activeDays: 2 * horizonDays };
const scale = { horizonDays, medianOrderMinor: 1_000 };
const scaler: Scaler = {
  mean: new Float32Array(WIDE_SIZE).fill(0.5),
  deviation: new Float32Array(WIDE_SIZE).fill(1.5),
};
const histories = historiesOf(syntheticEvents(30, 120));
const period = { ...definition, split: splitOf(start, start + 120 * DAY, horizonDays) };
const sequences = sequencesOf(histories, period, { scale, wholeDays: false });

/** Weights in which nothing is 0, so that every path is seen. */
const weights: Weights<LstmWeight> = {
  ...firstWeights(LSTM_WIDE, randomFor(4, 'weights')),
  skip: uniform(WIDE_SIZE, 0.2, randomFor(5, 'skip')),
};
const batch = (): Batch => batchOf(sequences.slice(0, 6), { scaler, random: randomFor(1, 'l') });

beforeAll(async () => {
  tf.enableProdMode(); // no advice about other backends
  await tf.setBackend('cpu');
});

describe('a batch', () => {
  it('holds every step of every customer once, longest first, and asks twice after each', () => {
    const made = batch();
    const total = sequences.slice(0, 6).reduce((sum, { categories }) => sum + categories.length, 0);
    expect(made.categories).toHaveLength(total);
    expect(made.counts.reduce((sum, count) => sum + count, 0)).toBe(total);
    expect([...made.counts].sort((a, b) => b - a)).toEqual(made.counts);
    expect(made.label).toHaveLength(DRAWS * total);
    expect(made.weight.some((weight) => weight > 0)).toBe(true);
    expect(made.wide.every(Number.isFinite)).toBe(true);
  });
});

/** Largest entry of each weight's gradient, as TensorFlow.js has it and as differences of the loss have it. */
function gradientsOf<Name extends string>(architecture: Architecture<Name>) {
  const first = firstWeights(architecture, randomFor(4, 'weights'));
  const weights = { ...first, skip: uniform(WIDE_SIZE, 0.2, randomFor(5, 'skip')) };
  const made = batch();
  const lossOf = (changed: typeof weights): number => {
    const network = new Network(architecture, changed);
    const [value] = tf.tidy(() => network.loss(made, 10, null)).dataSync();
    network.dispose();
    return value!;
  };
  const network = new Network(architecture, weights);
  const { grads } = tf.variableGrads(() => network.loss(made, 10, null), [...network.variables]);
  const names = Object.keys(weights) as (keyof typeof weights)[];
  const found = names.map((name, i) => {
    const gradient = (grads[network.variables[i]!.name]?.dataSync() ?? new Float32Array(1)) as Float32Array;
    const at = gradient.reduce<number>((best, value, k) => (Math.abs(value) > Math.abs(gradient[best]!) ? k : best), 0);
    const nudged = (by: number) => ({ ...weights, [name]: weights[name].map((value, k) => (k === at ? value + by : value)) }); // prettier-ignore
    const step = 5e-3;
    return { name, exact: gradient[at]!, numeric: (lossOf(nudged(step)) - lossOf(nudged(-step))) / (2 * step) };
  });
  network.dispose();
  return found;
}

describe('the network', () => {
  it.each([
    ['LSTM + wide', () => gradientsOf(LSTM_WIDE), []],
    ['LSTM alone', () => gradientsOf({ encoder: LSTM, isWide: false }), ['skip']],
    ['GRU', () => gradientsOf({ encoder: GRU, isWide: true }), []],
    ['CNN + LSTM', () => gradientsOf({ encoder: CNN_LSTM, isWide: true }), []],
    ['wide alone', () => gradientsOf({ encoder: NO_ENCODER, isWide: true }), ['embedding']],
  ])('%s has the gradient of its loss, in every kind of weight', (_, gradients, unused) => {
    for (const { name, exact, numeric } of gradients()) {
      expect([name, Math.abs(numeric - exact) < 0.02 * Math.abs(exact) + 2e-4]).toEqual([name, true]);
      expect([name, exact === 0]).toEqual([name, unused.some((one) => one === name)]);
    }
  });

  it('is served as it was trained: states and curve of the kernel equal TensorFlow.js within 1e-5', () => {
    const artifact = artifactOf(weights, { ...definition, medianOrderMinor: 1_000, scaler, seed: 1 });
    const sequence = sequences.find(({ categories }) => categories.length > 6)!;
    const { history } = sequence;
    const made = batchOf([sequence], { scaler, random: randomFor(1, 'l') });
    const total = made.categories.length;
    const network = new Network(LSTM_WIDE, weights);
    const states = tf.tidy(() => network.states(made).arraySync());
    const memory = initialLstmState(32);
    let step = 0;
    let largest = 0;
    for (const moment of history.moments) {
      if (step === total) break;
      advance(artifact, memory, moment.x);
      if (moment.x !== null) {
        const expected = states[step++]!;
        memory.h.forEach((value, j) => (largest = Math.max(largest, Math.abs(value - expected[j]!))));
      }
      const curve = curveOf(artifact, memory, moment);
      let highest = -Infinity;
      artifact.knotsDays.forEach((days, k) => {
        const wide = new Float32Array(WIDE_SIZE);
        wideAt(moment.w, days - (moment.at - moment.lastActivityAt!) / DAY, scale, wide);
        for (let i = 0; i < WIDE_SIZE; i++) wide[i] = (wide[i]! - 0.5) / 1.5;
        const silence = (days * 90) / horizonDays;
        const one: Batch = {
          ...made,
          wide: repeat(wide, DRAWS * total),
          silence: repeat(Float32Array.of(Math.log1p(silence) / 4, silence / 90), DRAWS * total),
        };
        const logit = tf.tidy(() => network.logits(one, null).arraySync())[step - 1]!;
        highest = Math.max(highest, logit);
        largest = Math.max(largest, Math.abs(curve[k]! - highest));
      });
    }
    network.dispose();
    expect(step).toBe(total);
    expect(largest).toBeLessThan(1e-5);
    expect(made.steps).toHaveLength(total * STEP_SIZE);
  });

  it('asked anew at a knot says what its curve says there, where the curve is not held up by an earlier knot', () => {
    const parts = { ...definition, medianOrderMinor: 1_000, scaler, seed: 1 };
    const artifact = artifactOf(weights, parts);
    const askedAfter = (days: number) =>
      histories.map((history): AtRisk => {
        const index = history.moments.length - 1;
        return { history, index, at: history.moments[index]!.lastActivityAt! + days * DAY, churned: false };
      });
    const { knotsDays } = artifact;
    const rows = knotsDays.flatMap((_, k) => {
      const [here, before] = [k, Math.max(0, k - 1)].map((knot) => askedAfter(knotsDays[knot]!));
      const [now, then] = [servedLogits(artifact, here!), servedLogits(artifact, before!)];
      return here!.filter((_, i) => k === 0 || now[i]! > then[i]! + 1e-3);
    });
    const anew = rescored(LSTM_WIDE).logits(weights, rows, parts);
    const curve = servedLogits(artifact, rows);
    expect(new Set(rows.map(({ at, history, index }) => at - history.moments[index]!.at)).size).toBeGreaterThan(2);
    expect(rows.length).toBeGreaterThan(20);
    anew.forEach((logit, i) => expect(Math.abs(logit - curve[i]!)).toBeLessThan(1e-5));
  });
});

const repeat = (row: Float32Array, times: number): Float32Array => {
  const all = new Float32Array(row.length * times);
  for (let i = 0; i < times; i++) all.set(row, i * row.length);
  return all;
};
