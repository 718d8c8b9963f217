// What would have become of customers had nobody been contacted: that is what risks are about, and a playbook that works must not make them look
// too high. Who was drawn to be contacted while their outcome was open does not count; who was drawn to be left alone counts for all whom the
// draw could have left alone: weight 1 ÷ share of the hold-out (inverse probability of censoring weighting, Robins & Rotnitzky 1992).
import { type Arm, DAY, type Millis } from '@holdfast/schemas';

import { type History } from './history.js';
import { type AtRisk } from './population.js';

/** A customer was drawn into an arm of a playbook. The draw is the same each time. */
export interface Draw {
  readonly playbook: string;
  readonly arm: Arm;
  /** Probability of the hold-out, 0..1. */
  readonly holdOutShare: number;
  readonly at: Millis;
  /** Until then whatever was done may have done something. */
  readonly until: Millis;
}

/** The draws of a customer, in any order. */
export type DrawsOf = (history: History) => readonly Draw[];

/** Nobody has been contacted. */
export const NO_DRAWS: DrawsOf = () => [];

/** Draws that could have to do with what became of a customer: before it was known whether they buy. */
function drawsWithin({ history, at }: AtRisk, drawsOf: DrawsOf, horizonDays: number): Draw[] {
  const end = at + horizonDays * DAY;
  const known = history.purchases.find((purchase) => purchase >= at && purchase < end) ?? end;
  return drawsOf(history).filter((draw) => draw.at < known && draw.until > at);
}

/** Customers who count, and for how many each does. */
export interface LeftAlone {
  readonly population: readonly AtRisk[];
  readonly weights: Float64Array; // > 0
  /** How many do not, for they were drawn to be contacted. */
  readonly contacted: number;
  /** How many of these nobody stands for: their draw had no hold-out. */
  readonly unrepresented: number;
}

/** Those of a population who were left alone. */
export function leftAlone(all: readonly AtRisk[], drawsOf: DrawsOf, horizonDays: number): LeftAlone {
  const population: AtRisk[] = [];
  const weights: number[] = [];
  let unrepresented = 0;
  for (const row of all) {
    const draws = drawsWithin(row, drawsOf, horizonDays);
    if (draws.some(({ arm }) => arm === 'treatment')) {
      if (draws.some(({ holdOutShare }) => holdOutShare === 0)) unrepresented += 1;
      continue;
    }
    const shares = new Map(draws.map(({ playbook, holdOutShare }) => [playbook, holdOutShare]));
    population.push(row);
    weights.push([...shares.values()].reduce((weight, share) => weight / share, 1));
  }
  return { population, weights: Float64Array.from(weights), contacted: all.length - population.length, unrepresented };
}

/** Whether anybody was drawn to be contacted by something that could act within from ≤ t < until. */
export const isAnybodyContacted = (
  { histories, drawsOf }: { readonly histories: readonly History[]; readonly drawsOf: DrawsOf },
  { from, until }: { readonly from: Millis; readonly until: Millis },
): boolean =>
  histories.some((history) =>
    drawsOf(history).some((draw) => draw.arm === 'treatment' && draw.at < until && draw.until > from),
  );
