// What would have become of customers had nobody ever been contacted: that is what risks are about, and a playbook that works must not make them
// look too high. Who was drawn to be contacted does not count from then on; who was drawn to be left alone counts for all whom the draw could have
// left alone: weight 1 ÷ share of the hold-out (inverse probability of censoring weighting, Robins & Rotnitzky 1992).
import { type Arm, DAY, type Millis } from '@holdfast/schemas';

import { total, type Weights } from './bootstrap.js';
import { firstPurchaseWithin, type History } from './history.js';
import { type AtRisk } from './population.js';

/** A customer was drawn into an arm of a playbook, for good. */
export interface Draw {
  readonly arm: Arm;
  /** Probability of the hold-out, 0..1. */
  readonly holdOutShare: number;
  /** When that first mattered. */
  readonly at: Millis;
}

/** The draws of a customer, one a playbook, in any order. */
export type DrawsOf = (history: History) => readonly Draw[];

/** Nobody has been contacted. */
export const NO_DRAWS: DrawsOf = () => [];

/** So few held out stand for nobody. */
const FEWEST_HELD_OUT = 20;
/** Share of the customers at risk that may go without anybody who stands for them. */
const MOST_UNREPRESENTED = 0.01;
/** Fewer customers tell nothing, */
const FEWEST_ROWS = 50;
const FEWEST_OF_A_CLASS = 10;
/** nor do as many of which some stand for others. */
const FEWEST_EFFECTIVE = 100;

/** Customers who count, and for how many each does. */
export interface LeftAlone {
  readonly population: readonly AtRisk[];
  readonly weights: Float64Array; // > 0
  /** How many do not, for they were drawn to be contacted. */
  readonly contacted: number;
  /** How many of these nobody stands for: their draw had no hold-out, or hardly anybody was held out. */
  readonly unrepresented: number;
  /** They are so many that the others cannot tell what would have become of all. */
  readonly isBlind: boolean;
}

/** Those of a population who were left alone until it was known whether they buy. */
export function leftAlone(all: readonly AtRisk[], drawsOf: DrawsOf, horizonDays: number): LeftAlone {
  const population: AtRisk[] = [];
  const weights: number[] = [];
  let [hopeless, heldOut] = [0, 0];
  for (const row of all) {
    const known = outcomeKnownAt(row, horizonDays);
    const draws = drawsOf(row.history).filter(({ at }) => at < known);
    if (draws.some(({ arm }) => arm === 'treatment')) {
      if (draws.some(({ holdOutShare }) => holdOutShare === 0)) hopeless += 1;
      continue;
    }
    if (draws.length > 0) heldOut += 1;
    population.push(row);
    weights.push(draws.reduce((weight, { holdOutShare }) => weight / holdOutShare, 1));
  }
  const contacted = all.length - population.length;
  const unrepresented = heldOut < FEWEST_HELD_OUT ? contacted : hopeless;
  const isBlind = unrepresented > MOST_UNREPRESENTED * all.length;
  return { population, weights: Float64Array.from(weights), contacted, unrepresented, isBlind };
}

/** At the first purchase of the horizon, else at its end. */
function outcomeKnownAt({ history, at }: AtRisk, horizonDays: number): Millis {
  const end = at + horizonDays * DAY;
  return firstPurchaseWithin(history, at, end) ?? end;
}

/** So many customers who all count once would tell as much (Kish 1965). */
export const effectiveSize = (weights: Weights): number =>
  weights.length === 0 ? 0 : total(weights) ** 2 / total(weights.map((weight) => weight ** 2));

/**
 * Whether customers are enough to tell anything by. Where some stand for others no class is counted: who happened to be left alone would decide
 * whether they are asked.
 */
export function isEnough({ weights }: Pick<LeftAlone, 'weights'>, y: Uint8Array): boolean {
  const churned = y.reduce((sum, label) => sum + label, 0);
  const fewest = Math.min(churned, y.length - churned);
  if (weights.every((weight) => weight === 1)) return y.length >= FEWEST_ROWS && fewest >= FEWEST_OF_A_CLASS;
  return effectiveSize(weights) >= FEWEST_EFFECTIVE && fewest > 0;
}

/** Whether anybody had been drawn to be contacted by an instant. */
export const isAnybodyContacted = (
  { histories, drawsOf }: { readonly histories: readonly History[]; readonly drawsOf: DrawsOf },
  until: Millis,
): boolean => histories.some((history) => drawsOf(history).some(({ arm, at }) => arm === 'treatment' && at < until));
