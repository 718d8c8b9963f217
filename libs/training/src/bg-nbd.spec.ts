import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import { DAY } from '@holdfast/schemas';

import { fitBgNbd, logLikelihood, type PurchaseSummary, quietLogit } from './bg-nbd.js';
import { logGamma } from './log-gamma.js';
import { randomFor } from './random.js';

const sample = join(import.meta.dirname, '../../../../shared/data/cdnow/CDNOW_sample.txt.gz');
const isThere = existsSync(sample);
if (!isThere) console.warn(`SKIPPED: the CDNOW sample is not at ${sample}`);

/** Weeks until 1997-09-30, purchases of one day taken together: the calibration half of Fader, Hardie & Lee 2005. */
function cdnowSummaries(): PurchaseSummary[] {
  const days = new Map<string, Set<number>>();
  for (const line of gunzipSync(readFileSync(sample)).toString().trim().split('\n')) {
    const [customer, , date] = line.trim().split(/\s+/);
    const at = Date.parse(date!.replace(/(....)(..)(..)/, '$1-$2-$3')) / DAY;
    if (at <= Date.UTC(1997, 8, 30) / DAY) days.set(customer!, (days.get(customer!) ?? new Set()).add(at));
  }
  return [...days.values()].map((set) => {
    const [first, last] = [Math.min(...set), Math.max(...set)];
    return { x: set.size - 1, tx: (last - first) / 7, T: (Date.UTC(1997, 8, 30) / DAY - first) / 7 };
  });
}

describe('log Γ', () => {
  it.each([
    [0.5, Math.log(Math.PI) / 2],
    [1, 0],
    [5, Math.log(24)],
    [100.5, 361.4355404677],
    [1e-3, 6.907178885383853],
  ])('of %d', (x, expected) => {
    expect(logGamma(x)).toBeCloseTo(expected, 9);
  });
});

describe('BG/NBD', () => {
  (isThere ? it : it.skip)('finds the published parameters of CDNOW', () => {
    const customers = cdnowSummaries();
    expect(customers).toHaveLength(2_357);
    const fitted = fitBgNbd(customers);
    expect(fitted.r).toBeCloseTo(0.243, 2);
    expect(fitted.alpha).toBeCloseTo(4.414, 1);
    expect(fitted.a).toBeCloseTo(0.793, 1);
    expect(fitted.b).toBeCloseTo(2.426, 0);
    expect(logLikelihood(fitted, customers)).toBeCloseTo(-9582.4, 0);
  });

  it('finds what made the purchases', () => {
    const random = randomFor(3, 'bg-nbd');
    const exponential = (rate: number) => -Math.log(1 - random.next()) / rate;
    // Gamma(2) is the sum of two exponentials, and Beta(1, 3) is 1 − u^(1/3).
    const customers = Array.from({ length: 6_000 }, (): PurchaseSummary => {
      const rate = (exponential(1) + exponential(1)) / 8;
      const leaves = 1 - random.next() ** (1 / 3);
      let [x, tx] = [0, 0];
      for (let at = exponential(rate); at < 50; at += exponential(rate)) {
        [x, tx] = [x + 1, at];
        if (random.next() < leaves) break;
      }
      return { x, tx, T: 50 };
    });
    const fitted = fitBgNbd(customers);
    expect(fitted.r / 2).toBeCloseTo(1, 0);
    expect(fitted.alpha / fitted.r).toBeCloseTo(4, 0);
    expect(fitted.a / (fitted.a + fitted.b)).toBeCloseTo(0.25, 1);
  });

  it('says that silence makes gone, and a longer horizon makes a purchase likelier', () => {
    const model = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
    const logits = [5, 10, 20, 39].map((T) => quietLogit(model, { x: 4, tx: 4, T }, 12));
    expect(logits).toEqual(logits.toSorted((a, b) => a - b));
    const [near, far] = [4, 40].map((horizon) => quietLogit(model, { x: 4, tx: 4, T: 20 }, horizon));
    expect(far!).toBeLessThan(near!);
  });
});
