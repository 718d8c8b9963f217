import { describe, expect, it } from '@jest/globals';
import { logit } from '@holdfast/model';
import { CUSTOMER_RISK } from '@holdfast/schemas';

import { anyArtifact, eventAt, foldTask, isTierChange, MODEL, modelsOf } from './fold-task.fixture.js';

const segmentation = {
  ...{ mean: [0, 0, 0], deviation: [1, 1, 1] },
  ...{ centres: [[0, 1, 1], [6, 1, 1]], names: ['recent', 'quiet'] }, // prettier-ignore
};

const changesOf = (more: Partial<ReturnType<typeof anyArtifact>>) => {
  const models = modelsOf({ [MODEL]: { ...anyArtifact(), ...more } });
  const { outputs } = foldTask([eventAt(0, 'purchase')], { models, untilDays: 400 });
  return outputs.filter(isTierChange);
};

describe('a risk event', () => {
  it('says what the risk is made of, in terms that add up', () => {
    for (const { data } of changesOf({})) {
      const sum = data.factors!.reduce((total, { weight }) => total + weight, 0);
      expect(sum).toBeCloseTo(logit(data.risk), 9);
      expect(data.factors).toHaveLength(8);
      expect(data).not.toHaveProperty('segment');
      expect(data).not.toHaveProperty('ranksOnly');
    }
  });

  it('says what kind of customer it is at that instant', () => {
    expect(changesOf({ segmentation }).map(({ data }) => data.segment)).toEqual(['recent', 'quiet', 'quiet']);
  });

  it('says that a release only ranks', () => {
    for (const event of changesOf({ ranksOnly: true, segmentation })) {
      expect(event.data.ranksOnly).toBe(true);
      expect(CUSTOMER_RISK.decode(CUSTOMER_RISK.encode(event, { id: 'i', sequence: 1 }))).toEqual(event);
    }
  });
});
