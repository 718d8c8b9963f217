// Serving a shop with few customers: the mixture is what it says, and better than nothing.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { WIDE_SIZE } from '@holdfast/features';
import { type Artifact, decodeArtifact, encodeArtifact, sigmoid } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';
import * as tf from '@tensorflow/tfjs';

import { churnTask } from './churn-task.js';
import { customersOf, ENOUGH, labelledRows, mixed, startCold } from './cold-start.js';
import { fitHeldCalibration, SPREAD } from './held-calibration.js';
import { fitLinear, linearSums } from './linear-model.js';
import { sampleOf, testOn } from './learning-curve.js';
import { scaleOf } from './median-order.js';
import { metricsOf } from './metrics.js';
import { atRiskAt } from './population.js';
import { fitPrior, priorIn } from './prior.js';
import { randomFor } from './random.js';
import { servedLogits } from './served.js';
import { silenceNetwork } from './silence-network.fixture.js';
import { splitOf } from './split.js';
import { historiesOf, SHOP_START as start, syntheticEvents } from './synthetic-shop.js';
import { fitWideRegression, wideRows } from './wide-regression.js';

const definition = { horizonDays: 20, activeDays: 40 };
const split = splitOf(start, start + 150 * DAY, 20);
const shopOf = (seed: number, customers = 100) => historiesOf(syntheticEvents(customers, 150, seed));
const histories = shopOf(9);
const shop = { ...definition, histories, split };
const labelled = labelledRows(shop);
const scale = scaleOf(shop);
const labels = Uint8Array.from(labelled, ({ churned }) => Number(churned));
const later = atRiskAt(histories, split.tests[0]!, definition);

let prior: Artifact;
beforeAll(async () => {
  tf.enableProdMode(); // no advice about other backends
  await tf.setBackend('cpu');
  const shops = [1, 2].map((seed) => churnTask(shopOf(seed), definition, split));
  prior = (await fitPrior(shops, { seed: 1, epochs: 8, teachers: [] })).artifact;
});

describe('a prior', () => {
  it('can be served in a shop it has not learnt from, and ranks better than chance there', () => {
    const here = priorIn(prior, shop, scale);
    expect(decodeArtifact(encodeArtifact(here))).toEqual(here);
    const y = Uint8Array.from(later, ({ churned }) => Number(churned));
    expect(metricsOf({ p: servedLogits(here, later).map(sigmoid), y }).auc).toBeGreaterThan(0.6);
  });

  it('reads amounts in usual orders, and no categories', () => {
    const events = syntheticEvents(20, 150, 5);
    const dearer = events.map((event) =>
      event.type === 'purchase' ? { ...event, amountMinor: 7 * event.amountMinor!, category: 'shoes' } : event,
    );
    const [before, after] = [events, dearer].map((of, i) => {
      const here = priorIn(prior, shop, { horizonDays: 20, medianOrderMinor: i === 0 ? 1_000 : 7_000 });
      return servedLogits(here, atRiskAt(historiesOf(of), split.tests[0]!, definition));
    });
    expect(before!.length).toBeGreaterThan(3);
    after!.forEach((logit, i) => expect(logit).toBeCloseTo(before![i]!, 4));
  });
});

describe('a cold start', () => {
  it('is the mixture it says, wherever the curve is drawn', () => {
    const random = randomFor(6, 'scaler');
    const floats = (from: number) => Float32Array.from({ length: WIDE_SIZE }, () => from + random.next());
    const network = {
      ...silenceNetwork(0.4, 1.5, 0.1),
      ...{ scaler: { mean: floats(0), deviation: floats(0.5) }, skip: floats(-0.5), calibration: { slope: 0.8 } },
    };
    const weights = Float64Array.from(floats(-0.5));
    const regression = { bias: -0.7, weights, C: 1 };
    const { history, index } = later.find(({ history: one, index: i }) => one.moments[i]!.orders > 1)!;
    for (const silence of [0, 3, 12]) {
      const at = history.moments[index]!.lastActivityAt! + silence * DAY;
      const [row, knotsDays] = [[{ history, index, at, churned: false }], [silence]];
      const [before] = servedLogits({ ...network, knotsDays }, row);
      const [after] = servedLogits(
        { ...mixed(network, { slope: 1.2, level: -0.1 }, regression, 0.25), knotsDays },
        row,
      );
      const { values } = wideRows(row, network.scale);
      const ofShop = weights.reduce((sum, weight, k) => sum + weight * values[k]!, regression.bias);
      expect(after).toBeCloseTo(0.75 * (-0.1 + 1.2 * before!) + 0.25 * ofShop, 4);
    }
  });

  it('is the prior where no outcome is known, and weighs the shop by its customers', () => {
    const nobody = { ...shop, histories: [] };
    expect(startCold(prior, nobody, 1)).toEqual({
      ...{ artifact: priorIn(prior, nobody, scaleOf(nobody)), customers: 0, weight: 0 },
    });
    const customers = customersOf(labelled);
    const { artifact, weight } = startCold(prior, shop, 1);
    expect(weight).toBeCloseTo(customers / (customers + 100), 12);
    expect(customers).toBeLessThan(ENOUGH);
    expect(decodeArtifact(encodeArtifact(artifact))).toEqual(artifact);
  });

  it('states probabilities that are right on the whole, which the prior does not', () => {
    const skewed: Artifact = { ...prior, output: { ...prior.output, bias: prior.output.bias + 3 } };
    // Each customer counts once, however many cut-offs they were at.
    const share = new Map<unknown, number>();
    for (const { history } of labelled) share.set(history, (share.get(history) ?? 0) + 1);
    const mean = (values: ArrayLike<number>) =>
      labelled.reduce((sum, { history }, i) => sum + values[i]! / share.get(history)!, 0) / share.size;
    const risksOf = (artifact: Artifact) => mean(servedLogits(artifact, labelled).map(sigmoid));
    expect(risksOf(startCold(skewed, shop, 1).artifact)).toBeCloseTo(mean(labels), 3);
    expect(risksOf(priorIn(skewed, shop, scale)) - mean(labels)).toBeGreaterThan(0.15);
  });
});

const held = (logits: Float64Array, y: Uint8Array) =>
  fitHeldCalibration({ logits, y, weights: new Float64Array(y.length).fill(1) }, SPREAD);

describe('a calibration on few rows', () => {
  it('keeps the slope near 1, and above 0 even where the ranking is the wrong way round', () => {
    expect(held(Float64Array.of(-1, 1), Uint8Array.of(1, 0)).slope).toBeGreaterThan(0.5);
    const many = Float64Array.from({ length: 600 }, (_, i) => (i % 3 === 0 ? 1 : 2));
    const y = Uint8Array.from(many, (logit, i) => Number(logit === 1 || i % 5 === 0));
    const { slope, level } = held(many, y);
    expect(slope).toBe(0.05);
    const risk = many.reduce((sum, logit) => sum + sigmoid(level + slope * logit), 0) / many.length;
    expect(risk).toBeCloseTo(y.reduce((sum, label) => sum + label, 0) / y.length, 3);
  });

  it('finds what many rows say', () => {
    const random = randomFor(3, 'rows');
    const logits = Float64Array.from({ length: 20_000 }, () => 4 * random.next() - 2);
    const y = Uint8Array.from(logits, (logit) => Number(random.next() < sigmoid(0.5 + 0.7 * logit)));
    const { slope, level } = held(logits, y);
    expect(slope).toBeCloseTo(0.7, 1);
    expect(level).toBeCloseTo(0.5, 1);
  });
});

describe('regression on the running counters', () => {
  it('is linear in them as they are', () => {
    const { bias, weights, C } = fitWideRegression(labelled, labels, { scale, seed: 1 });
    const rows = wideRows(labelled, scale);
    const expected = linearSums(fitLinear(rows, labels, { C }), rows);
    const logits = labelled.map((_, i) =>
      weights.reduce((sum, weight, k) => sum + weight * rows.values[i * WIDE_SIZE + k]!, bias),
    );
    logits.forEach((logit, i) => expect(logit).toBeCloseTo(expected[i]!, 6));
  });
});

describe('a sample of customers', () => {
  it('is the same for the same seed, and none where there are fewer', () => {
    const names = (seed: number) => sampleOf(shop, 30, seed)!.histories.map(({ customer }) => customer);
    expect(names(1)).toHaveLength(30);
    expect(names(1)).toEqual(names(1));
    expect(names(1)).not.toEqual(names(2));
    expect(sampleOf(shop, 1_000, 1)).toBeNull();
  });

  it('is learnt from, but tested on everybody', () => {
    const [figures] = testOn(shop, (population) => {
      expect(population).toHaveLength(later.length);
      return new Float64Array(population.length);
    });
    expect(figures).toMatchObject({ auc: 0.5 });
  });
});
