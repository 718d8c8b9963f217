// What every method says at a cut-off, seed by seed: of fits what they left behind, of fusions what is made of that.
import { type FitScores, FUSIONS, MODELS } from '@holdfast/training';

import { type FitResult } from './fit-result.js';

/**
 * Scores by key, in the order of the table, a fit or fusion a seed.
 * @param i number of the test cut-off
 * @param y labels at validation
 * @param models keys that were asked for; of a fusion also its members
 */
export function scoresAt(
  fits: readonly FitResult[],
  { i, y, models }: { readonly i: number; readonly y: Uint8Array; readonly models: readonly string[] },
): Map<string, readonly FitScores[]> {
  const scores = new Map<string, readonly FitScores[]>();
  for (const { key } of MODELS) {
    const ofKey = fits.filter((fit) => fit.key === key).toSorted((a, b) => a.seed - b.seed);
    if (ofKey.length > 0)
      scores.set(key, ofKey.map(({ validation, tests }) => ({ validation, test: tests[i]! }))); // prettier-ignore
  }
  for (const { key, of, combine } of FUSIONS.filter((fusion) => models.includes(fusion.key))) {
    const members = of.map((member) => scores.get(member)!);
    const seeds = Math.max(...members.map(({ length }) => length));
    // Where chance takes no part there is one fit for all seeds.
    const ofSeed = (seed: number) => combine(members.map((each) => each[seed] ?? each[0]!), y); // prettier-ignore
    scores.set(
      key,
      Array.from({ length: seeds }, (_, seed) => ofSeed(seed)),
    );
  }
  return scores;
}

/** What the first seed of every method says on the grids that earliness is told from. */
export function gridScores(
  fits: readonly FitResult[],
  { y, models }: { readonly y: Uint8Array; readonly models: readonly string[] },
): Map<string, FitScores> {
  const scores = new Map<string, FitScores>();
  for (const { key } of MODELS) {
    const first = fits.find((fit) => fit.key === key && fit.grids !== null);
    if (first) scores.set(key, { validation: first.validation, test: first.grids! });
  }
  for (const { key, of, combine } of FUSIONS.filter((fusion) => models.includes(fusion.key)))
    scores.set(key, combine(of.map((member) => scores.get(member)!), y)); // prettier-ignore
  return scores;
}
