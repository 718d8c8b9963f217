// A shop on its first day: ranked, and no more than that.
import { describe, expect, it } from '@jest/globals';
import { type Artifact, decodeArtifact, encodeArtifact, logit, logitAt, sigmoid } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { seasonShiftOf } from './calibration.js';
import { firstDay } from './first-day.js';
import { aloneAt, scoredCohort } from './matured-cohort.js';
import { atRiskAt } from './population.js';
import { NO_DRAWS } from './left-alone.js';
import { recalibrate } from './recalibration.js';
import { curvesOf, servedLogits } from './served.js';
import { silenceNetwork } from './silence-network.fixture.js';
import { historiesOf, SHOP_START as start, syntheticEvents } from './synthetic-shop.js';

const definition = { horizonDays: 20, activeDays: 40 };
const until = start + 30 * DAY;
const shop = { ...definition, histories: historiesOf(syntheticEvents(200, 30)), until };
const prior: Artifact = { ...silenceNetwork(logit(0.3), 1.5, 0.1), horizonDays: 90, activeDays: 180 };

const young = firstDay(prior, shop);
const { artifact } = young;

describe('the first day', () => {
  it('has tiers by rank, in the shop’s own units, and says that it only ranks', () => {
    const population = atRiskAt(shop.histories, until, definition);
    expect(young).toMatchObject({ customers: population.length, tiersBy: 'customers' });
    expect(artifact).toMatchObject({ ...definition, ranksOnly: true, scale: { horizonDays: 20 } });
    expect(decodeArtifact(encodeArtifact(artifact))).toEqual(artifact);
    // Were all of them silent from now on, a tenth of the days to come would be high, and three tenths not low.
    let [days, high, notLow] = [0, 0, 0];
    const curves = curvesOf(artifact, population);
    population.forEach(({ history, index }, i) => {
      for (let day = 0.05; day < definition.activeDays; day += 0.1) {
        if (day < (until - history.moments[index]!.lastActivityAt!) / DAY) continue;
        const risk = sigmoid(logitAt(artifact.knotsDays, curves[i]!, day));
        days += 1;
        high += Number(risk >= artifact.thresholds.high);
        notLow += Number(risk >= artifact.thresholds.medium);
      }
    });
    expect(high / days).toBeCloseTo(0.1, 1);
    expect(notLow / days).toBeCloseTo(0.3, 1);
  });

  it('is over once there are outcomes: the whole level is that of the shop', () => {
    const histories = historiesOf(syntheticEvents(300, 120));
    const known = { histories, until: start + 120 * DAY, drawsOf: NO_DRAWS };
    const [learnt, judgedAt] = [
      scoredCohort(artifact, { at: start + 60 * DAY, alone: aloneAt(artifact, known, start + 60 * DAY) })!,
      start + 90 * DAY,
    ];
    const { artifact: stated } = recalibrate(artifact, known, { learnt, judgedAt });
    expect(stated).not.toHaveProperty('ranksOnly');
    const mean = (values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    const risks = mean(servedLogits(stated, learnt.population).map(sigmoid));
    expect(risks).toBeCloseTo(mean(learnt.y), 2);
    expect(seasonShiftOf(stated)).toBe(0);
  });

  it('keeps the prior’s tiers where there is hardly anybody', () => {
    for (const customers of [0, 5]) {
      const { artifact: few, tiersBy } = firstDay(prior, { ...shop, histories: shop.histories.slice(0, customers) });
      expect(few.thresholds).toEqual(prior.thresholds);
      expect(tiersBy).toBe('prior');
      expect(decodeArtifact(encodeArtifact(few))).toEqual(few);
    }
  });
});
