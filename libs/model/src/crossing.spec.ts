// Crossings are exact to a second, against a search on a grid, whatever draws the curve.
import { describe, expect, it } from '@jest/globals';

import { crossingOf } from './crossing.js';
import { logitAt } from './curve.js';
import { seededRandom } from './fixtures.js';
import { logit } from './probability.js';
import {
  bisectCrossing,
  churnRisk,
  cureWeibull,
  lomax,
  lomaxCrossing,
  logitPowerCrossing,
  logitPowerRisk,
  quietProbability,
} from './survival.js';

const SECOND = 1 / 86_400;
const UNTIL = 180;
const GRID = 400;
const SETS = 30_000;

/** A curve of risk and what is to be checked of it. */
interface Case {
  readonly risk: (days: number) => number;
  readonly theta: number;
  /** null: not within {@link UNTIL} days. */
  readonly crossing: number | null;
}

/** How the crossings fall out: what no case was of has not been tested. */
interface Tally {
  atOnce: number;
  later: number;
  never: number;
}

/** The first point of a grid at which the risk is at the threshold or above; null when none is. */
function firstOnGrid({ risk, theta }: Case): number | null {
  for (let i = 0; i <= GRID; i++) if (risk((i * UNTIL) / GRID) >= theta) return (i * UNTIL) / GRID;
  return null;
}

/** Counts the case, or says what is wrong with its crossing. */
function wrong(one: Case, tally: Tally): string | null {
  const { risk, theta, crossing } = one;
  const first = firstOnGrid(one);
  // So near to the threshold the curve is within what doubles can tell.
  const level = (days: number) => Math.abs(risk(days) - theta) < 1e-12;
  if (crossing === null) {
    tally.never++;
    return first === null || level(first) ? null : `never, but above at ${first}`;
  }
  if (crossing === 0) tally.atOnce++;
  else tally.later++;
  if (first !== null && first < crossing - SECOND && !level(first)) return `${crossing}, but above at ${first} before`;
  if (risk(crossing + SECOND) < theta && !level(crossing)) return `${crossing}, but below a second later`;
  if (crossing > SECOND && risk(crossing - SECOND) >= theta && !level(crossing - SECOND))
    return `${crossing}, but above a second before`;
  return null;
}

/** Draws {@link SETS} cases and reports the wrong ones, which should be none. */
function wrongOf(seed: number, draw: (uniform: (from: number, to: number) => number) => Case): [string[], Tally] {
  const random = seededRandom(seed);
  const tally: Tally = { atOnce: 0, later: 0, never: 0 };
  const wrongs: string[] = [];
  for (let n = 0; n < SETS; n++) {
    const sentence = wrong(
      draw((from, to) => from + (to - from) * random()),
      tally,
    );
    if (sentence) wrongs.push(`set ${n} of seed ${seed}: ${sentence}`);
  }
  return [wrongs, tally];
}

const KNOTS = [0, 1, 2, 4, 7, 11, 16, 23, 32, 45, 60, 80, 105, 140, 180];

const FAMILIES: readonly [string, (uniform: (from: number, to: number) => number) => Case][] = [
  [
    'knots, joined, flat in parts',
    (uniform) => {
      let last = uniform(-4, 1);
      const curve = KNOTS.map(() => (last += uniform(0, 1) < 0.3 ? 0 : uniform(0, 0.8)));
      const theta = uniform(0.02, 0.98);
      const crossing = crossingOf(KNOTS, curve, logit(theta), { fromDays: 0, untilDays: UNTIL });
      // Compared as logits, as the curve is: the exponential would round.
      return { risk: (days) => logitAt(KNOTS, curve, days), theta: logit(theta), crossing };
    },
  ],
  [
    'Lomax, also with q < 1 − θ',
    (uniform) => {
      const [head, horizonDays] = [{ tau: Math.exp(uniform(-1, 5)), k: Math.exp(uniform(-2, 1.5)) }, uniform(7, 90)];
      const [theta, q] = [uniform(0.02, 0.99), uniform(1e-3, 1)];
      const found = lomaxCrossing(head, { theta, q, horizonDays });
      const crossing = found !== null && found <= UNTIL ? found : null;
      return { risk: (days) => churnRisk(quietProbability(lomax(head), days, horizonDays), q), theta, crossing };
    },
  ],
  [
    'cure Weibull, also dipping (β > 1), with q that falls through silence',
    (uniform) => {
      const survival = cureWeibull({
        pi: uniform(0.001, 0.95),
        alpha: Math.exp(uniform(0, 5)),
        beta: uniform(0.25, 2.5),
      });
      const [horizonDays, theta] = [uniform(7, 90), uniform(0.02, 0.99)];
      const [q0, q1] = [uniform(-3, 4), uniform(0, 1) < 0.5 ? 0 : uniform(0, 2)];
      const risk = (days: number) => {
        const q = 1 / (1 + Math.exp(-(q0 - q1 * Math.log1p(days / horizonDays))));
        return churnRisk(quietProbability(survival, days, horizonDays), q);
      };
      return { risk, theta, crossing: bisectCrossing(risk, theta, UNTIL) };
    },
  ],
  [
    'landmark logit-power',
    (uniform) => {
      const head = { a: uniform(-5, 2), alpha: Math.exp(uniform(0, 5)), beta: uniform(0.25, 2.5) };
      const theta = uniform(0.02, 0.98);
      const found = logitPowerCrossing(head, theta);
      return { risk: (days) => logitPowerRisk(head, days), theta, crossing: found <= UNTIL ? found : null };
    },
  ],
];

describe(`the crossing equals a search on a grid within a second, ${SETS} sets each`, () => {
  it.each(FAMILIES)('%s', (_name, draw) => {
    const [wrongs, tally] = wrongOf(1, draw);
    expect(wrongs.slice(0, 5)).toEqual([]);
    for (const count of Object.values(tally)) expect(count).toBeGreaterThan(100);
  });
});
