// What the counterfactuals of libs/risk say is what features and scoring then do.
import { describe, expect, it } from '@jest/globals';
import { applyEvent, type CustomerFeatures } from '@holdfast/features';
import { HIGH, LOW, MEDIUM, sigmoid } from '@holdfast/model';
import { ACTS, counterfactuals } from '@holdfast/risk';
import { type BehaviorEvent, DAY, type EventType } from '@holdfast/schemas';

import { anyArtifact, eventAt, foldTask, MODEL, modelsOf, START } from './fold-task.fixture.js';
import { createScoringTask } from './scoring.task.js';

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
  return { state: state!, found: counterfactuals(saved, { hash: MODEL, artifact }, START + days * DAY), really };
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

  it('are those of the release that will judge the act, when another one drew the curve', () => {
    const [drew, judges] = [ARTIFACTS[0]!, { ...ARTIFACTS[1]!, thresholds: { medium: 0.05, high: 0.1 } }];
    const other = 'cd'.repeat(32);
    const models = modelsOf({ [MODEL]: drew, [other]: judges });
    const { state } = foldTask(events, { models, untilDays: 180 });
    const features = featuresOf(events);
    const act = eventAt(180, 'view');
    const found = counterfactuals(
      { features, state: state!, artifact: drew },
      { hash: other, artifact: judges },
      act.receivedAt,
    );
    const { record } = applyEvent(features, act);
    const really = createScoringTask(models).step(state!, record, record.at, { model: other }).state!;
    expect(found[1]).toMatchObject({ act: 'view', from: state!.tier, tier: really.tier });
    expect(found[1]!.risk).toBeCloseTo(sigmoid(really.logitAfter), 6);
    expect(really.model).toBe(other);
  });

  it('are none for who stands low, and for who is gone', () => {
    const { state, found } = asked(ARTIFACTS[0]!, 65);
    expect(state.tier).toBe(LOW);
    expect(found).toEqual([]);
    expect(asked(ARTIFACTS[0]!, 400).found).toEqual([]);
  });
});
