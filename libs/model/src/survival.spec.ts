import { describe, expect, it } from '@jest/globals';

import { bisectCrossing, churnRisk, cureWeibull, lomax, lomaxCrossing, quietProbability } from './survival.js';

describe('closed-form heads, check values of model.md', () => {
  it('Lomax: τ = 30, k = 1, H = 30', () => {
    const head = { tau: 30, k: 1 };
    expect(quietProbability(lomax(head), 40, 30)).toBeCloseTo(0.7, 10);
    expect(lomaxCrossing(head, { theta: 0.7, q: 1, horizonDays: 30 })).toBeCloseTo(40, 9);
    expect(lomaxCrossing(head, { theta: 0.7, q: 0.8, horizonDays: 30 })).toBeCloseTo(20, 9);
    expect(churnRisk(quietProbability(lomax(head), 20, 30), 0.8)).toBeCloseTo(0.7, 10);
  });

  it('Lomax: above the threshold at the event itself, or never', () => {
    expect(lomaxCrossing({ tau: 30, k: 1 }, { theta: 0.7, q: 0.2, horizonDays: 30 })).toBe(0);
    expect(lomaxCrossing({ tau: 30, k: 1 }, { theta: 1, q: 0.9, horizonDays: 30 })).toBeNull();
  });

  it('cure Weibull: π = .25, α = 12, β = .8, H = 30', () => {
    const survival = cureWeibull({ pi: 0.25, alpha: 12, beta: 0.8 });
    expect(quietProbability(survival, 0, 30)).toBeCloseTo(0.34357, 5);
    const risk = (q: number) => (days: number) => churnRisk(quietProbability(survival, days, 30), q);
    expect(bisectCrossing(risk(1), 0.7, 180)).toBeCloseTo(21.758, 3);
    expect(bisectCrossing(risk(0.8), 0.7, 180)).toBeCloseTo(15.894, 3);
    expect(bisectCrossing(risk(0.2), 0.7, 180)).toBe(0);
    expect(bisectCrossing(risk(1), 0.7, 10)).toBeNull();
  });
});
