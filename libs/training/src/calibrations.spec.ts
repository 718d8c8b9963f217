import { describe, expect, it } from '@jest/globals';

import { COUNTER, COUNTERS } from '@holdfast/features';

import { compareCalibrations } from './calibrations.js';
import { historiesOf, syntheticEvents } from './synthetic-shop.js';
import { matrixOf } from './matrix.js';
import { type AtRisk } from './population.js';
import { randomFor } from './random.js';
import { type Rows } from './rows.js';

const random = randomFor(7, 'calibrations');
const none = matrixOf([]);
const eventMoment = { ...historiesOf(syntheticEvents(9, 30))[0]!.moments[0]!, at: 0 };

const scale = { horizonDays: 90, medianOrderMinor: 1_000 };

/** One of two kinds: many orders and a recent one, or few and long ago. */
function customer(i: number): AtRisk {
  const w = COUNTERS.map(() => 0);
  const wobble = 1 + 0.2 * random.next();
  w[COUNTER.recencyDays] = wobble * (i % 2 === 0 ? 5 : 80);
  w[COUNTER.orders] = wobble * (i % 2 === 0 ? 30 : 2);
  w[COUNTER.spendMinor] = 1_000 * w[COUNTER.orders]!;
  const moment = { ...eventMoment, w };
  return {
    history: { shop: 'main', customer: `c${i}`, moments: [moment], purchases: [], amounts: [] },
    index: 0,
    at: 0,
    churned: false,
  };
}

/** Customers whose true logits are known, and who churn accordingly. */
function customers(rows: number): { rows: Rows; truth: Float64Array } {
  const truth = Float64Array.from({ length: rows }, () => 4 * random.next() - 2);
  const y = Uint8Array.from(truth, (logit) => Number(random.next() < 1 / (1 + Math.exp(-logit))));
  const population = Array.from(truth, (_, i) => customer(i));
  return { rows: { population, x: none, logs: none, y }, truth };
}
const [validation, test] = [customers(2_000), customers(2_000)];

/** A network that is `off` the truth at both times (`apart`: one kind up, the other down), served with a calibration of its own. */
const compared = (
  off: { validation: number; test: number; apart?: number },
  calibration = { slope: 0.7, level: 0.1 },
) => {
  const { apart = 0 } = off;
  const served = (truth: Float64Array, by: number) =>
    truth.map((logit, i) => calibration.slope * (logit + by + (i % 2 === 0 ? apart : -apart)) + calibration.level);
  const scores = {
    calibration,
    validation: served(validation.truth, off.validation),
    test: served(test.truth, off.test),
  };
  const rows = compareCalibrations({ validation: validation.rows, test: test.rows, scale }, [scores]);
  return new Map(rows.map((row) => [row.key, row]));
};

describe('other calibrations', () => {
  it('are level where the network is right, whatever calibration it was served with', () => {
    const rows = compared({ validation: 0, test: 0 });
    expect([...rows.keys()]).toEqual(['served', 'none', 'slope', 'platt', 'beta', 'by_segment']);
    expect(rows.get('served')!.difference).toBeNull();
    for (const key of ['none', 'slope', 'platt', 'beta', 'by_segment']) {
      const { logloss } = rows.get(key)!.difference!;
      expect(Math.abs(logloss.value)).toBeLessThan(0.004);
      expect(logloss.low).toBeLessThan(logloss.high);
    }
  });

  it('are better with the whole level where it lasts, and with none where it is gone', () => {
    const lasting = compared({ validation: 0.8, test: 0.8 });
    expect(lasting.get('platt')!.difference!.logloss.high).toBeLessThan(0);
    expect(lasting.get('none')!.difference!.logloss.low).toBeGreaterThan(0);
    const gone = compared({ validation: 0.8, test: 0 });
    expect(gone.get('platt')!.difference!.logloss.low).toBeGreaterThan(0);
    expect(gone.get('none')!.difference!.logloss.high).toBeLessThan(0);
    expect(gone.get('none')!.ece.value).toBeLessThan(gone.get('served')!.ece.value);
    expect(gone.get('served')!.ece.value).toBeLessThan(gone.get('platt')!.ece.value);
  });

  it('are better by segment where segments are off in different ways', () => {
    const { difference } = compared({ validation: 0, test: 0, apart: 0.8 }).get('by_segment')!;
    expect(difference!.logloss.high).toBeLessThan(0);
  });

  it('are taken as the mean over seeds', () => {
    const calibration = { slope: 1, level: 0 };
    const scores = [0, 1].map((by) => ({
      calibration,
      validation: validation.truth,
      test: test.truth.map((logit) => logit + by),
    }));
    const of = (some: typeof scores) =>
      compareCalibrations({ validation: validation.rows, test: test.rows, scale }, some)[0]!.logloss.value;
    expect(of(scores)).toBeCloseTo((of(scores.slice(0, 1)) + of(scores.slice(1))) / 2, 9);
  });
});
