// What the counterfactuals of libs/risk say is what features and scoring then do.
import { describe, expect, it } from '@jest/globals';
import { applyEvent, type CustomerFeatures } from '@holdfast/features';
import { HIGH, LOW, MEDIUM, sigmoid } from '@holdfast/model';
import { ACTS, counterfactuals } from '@holdfast/risk';
import { type BehaviorEvent, DAY, type EventType } from '@holdfast/schemas';

import { anyArtifact, eventAt, foldTask, MODEL, modelsOf, START } from './fold-task.fixture.js';

const ARTIFACTS = [1, 2, 3, 4, 5, 6].map((seed) => anyArtifact(seed));
const HISTORY: readonly (readonly [number, EventType])[] = [
  [0, 'purchase'],
  [7, 'view'],
  [30, 'purchase'],
  [31, 'cart'],
  [64, 'purchase'],
];
const events = HISTORY.map(([day, type]) => eventAt(day, type));

function featuresOf(some: readonly BehaviorEvent[]): CustomerFeatures {
  let features: CustomerFeatures | undefined;
  for (const event of some) features = applyEvent(features, event).state;
  return features!;
}

/** The counterfactuals `days` after the start, and the tier that an act on a later day really leads to. */
function asked(artifact: (typeof ARTIFACTS)[number], days: number) {
  const models = modelsOf({ [MODEL]: artifact });
  const { state } = foldTask(events, { models, untilDays: days });
  const saved = { features: featuresOf(events), state: state!, artifact };
  const really = (act: EventType, day: number) => foldTask([...events, eventAt(day, act)], { models }).state!;
  return { state: state!, found: counterfactuals(saved, START + days * DAY), really };
}

describe('counterfactuals', () => {
  it('come true, on every day they promise and not on the next', () => {
    let promises = 0;
    for (const artifact of ARTIFACTS)
      for (const days of [100, 140, 180, 220]) {
        const { state, found, really } = asked(artifact, days);
        if (state.tier !== MEDIUM && state.tier !== HIGH) {
          expect(found).toEqual([]);
          continue;
        }
        expect(found.map(({ act }) => act)).toEqual([...ACTS]);
        for (const { act, tier, risk, withinDays } of found) {
          const now = really(act, days);
          expect(now.tier).toBe(tier);
          expect(sigmoid(now.logitAfter)).toBeCloseTo(risk, 6);
          for (const later of new Set([1, withinDays >> 1, withinDays]))
            if (later <= withinDays) expect(really(act, days + later).tier).toBeLessThanOrEqual(tier);
          const lapsesAt = 64 + artifact.activeDays;
          if (days + withinDays + 1 < lapsesAt) expect(really(act, days + withinDays + 1).tier).toBeGreaterThan(tier);
          promises += 1;
        }
      }
    expect(promises).toBeGreaterThan(10);
  });

  it('are none for who stands low, and for who is gone', () => {
    const { state, found } = asked(ARTIFACTS[0]!, 65);
    expect(state.tier).toBe(LOW);
    expect(found).toEqual([]);
    expect(asked(ARTIFACTS[0]!, 400).found).toEqual([]);
  });
});
