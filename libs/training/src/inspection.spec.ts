import { describe, expect, it } from '@jest/globals';
import { type Artifact, logit } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { type History } from './history.js';
import { inspect, type Succession } from './inspection.js';
import { type DrawsOf, NO_DRAWS } from './left-alone.js';
import { contactedShop, drawAt, rightNetwork } from './left-alone.fixture.js';
import { atRiskAt } from './population.js';
import { servedLogits } from './served.js';
import { definition, silenceNetwork } from './silence-network.fixture.js';
import { eventOf, historiesOf, SHOP_START, syntheticEvents } from './synthetic-shop.js';

const histories = historiesOf(syntheticEvents(240, 150));
const known = { histories, from: SHOP_START, until: SHOP_START + 150 * DAY, drawsOf: NO_DRAWS };
const newest = known.until - 20 * DAY;
const atNewest = atRiskAt(histories, newest, definition);
const rate = atNewest.filter(({ churned }) => churned).length / atNewest.length;
/** About right at the newest cohort. */
const right = silenceNetwork(logit(rate));
const look = (champion: Artifact, before: Succession['before'] = null, changedAt: number | null = null) =>
  inspect({ champion, changedAt, before }, known);

/** Everybody buys every four days; every second one stops some day. */
function plainShop(): History[] {
  const purchases = Array.from({ length: 500 }, (_, i) => {
    const last = i % 2 === 0 ? 50 + (i % 70) : 130;
    const days = Array.from({ length: Math.ceil((last - (i % 4)) / 4) }, (_, n) => (i % 4) + 4 * n);
    return days.map((day) => eventOf(`c${i}`, 'purchase', SHOP_START + day * DAY));
  });
  return historiesOf(purchases.flat().sort((a, b) => a.occurredAt - b.occurredAt));
}

describe('an inspection', () => {
  it('holds risks against what became of customers, cohort by cohort', () => {
    const { cohorts, drift } = look(right);
    expect(cohorts.map(({ at }) => (at - SHOP_START) / DAY)).toEqual([70, 90, 110, 130]);
    const last = cohorts.at(-1)!;
    expect(last).toMatchObject({ customers: atNewest.length, churned: rate });
    expect(last.observedOverExpected.value).toBeCloseTo(1, 4);
    expect(last.observedOverExpected.low).toBeLessThan(1);
    expect(last.metrics.auc.value).toBe(0.5);
    const half = look(silenceNetwork(logit(0.5 + rate / 2))).cohorts.at(-1)!;
    expect(half.observedOverExpected.value).toBeCloseTo(2, 4);
    expect(drift).toMatchObject({ from: newest, until: known.until });
    expect(drift!.risk.index).toBeLessThan(drift!.risk.byChance); // the same risk for everybody
    expect(drift!.features[0]!.index).toBeGreaterThan(drift!.features[1]!.index);
  });

  it('is about customers who were left alone: a playbook that works makes no risk look too high', () => {
    const shop = contactedShop(1_000, 0.3);
    const champion = rightNetwork();
    const look = (drawsOf: DrawsOf) => inspect({ champion, changedAt: null, before: null }, { ...shop, drawsOf });
    const blind = look(NO_DRAWS);
    expect(blind.cohorts.at(-1)!.observedOverExpected.low).toBeGreaterThan(1.1);
    expect(blind.signs[0]).toMatch(/^Risks are 1\d\.\d points off/);
    expect(blind.remedy?.kind).toBe('recalibrate');
    const seeing = look(shop.drawsOf);
    const { customers, contacted, effective, observedOverExpected } = seeing.cohorts.at(-1)!;
    expect(contacted).toBeGreaterThan(customers / 3);
    expect(effective).toBeLessThan(customers);
    expect(observedOverExpected.low).toBeLessThan(1);
    expect(observedOverExpected.high).toBeGreaterThan(1);
    expect(observedOverExpected.high - observedOverExpected.low).toBeLessThan(0.25);
    expect(seeing).toMatchObject({ isBlind: false, remedy: null, signs: [] });
    // And one that is too shy is seen.
    const shy = inspect({ champion: rightNetwork(1), changedAt: null, before: null }, shop);
    expect(shy.remedy?.kind).toBe('recalibrate');
  });

  it('is blind where nobody was held out, and says nothing of outcomes', () => {
    const shop = contactedShop(600, 0);
    const { isBlind, signs, cohorts } = inspect({ champion: rightNetwork(2), changedAt: null, before: null }, shop);
    expect(cohorts.at(-1)!.unrepresented).toBeGreaterThan(100);
    expect(isBlind).toBe(true);
    expect(signs.join()).not.toMatch(/off on the average|Log-loss/);
  });

  it('goes back to the release before, when that would have been better since', () => {
    const worse = silenceNetwork(logit(rate) + 1, 1);
    const since = known.until - 30 * DAY;
    const { remedy } = look(worse, { artifact: right, until: since });
    expect(remedy).toMatchObject({ kind: 'rollback', contest: { cutoffs: [newest] } });
    // Nothing has matured since it took over.
    expect(look(worse, { artifact: right, until: newest + DAY }).remedy?.kind).toBe('recalibrate');
    // The one before was worse.
    expect(look(right, { artifact: worse, until: since }).remedy?.kind).not.toBe('rollback');
    // The one before predicts another thing.
    expect(look(worse, { artifact: { ...right, horizonDays: 10 }, until: since }).remedy?.kind).toBe('recalibrate');
  });

  it('calibrates anew on one cohort what is better on the next', () => {
    const champion = silenceNetwork(logit(rate) + 1, 1);
    const { remedy, signs } = look(champion);
    if (remedy?.kind !== 'recalibrate') throw new Error(`recalibration expected, not ${remedy?.kind}`);
    const { fittedAt, judgedAt, contest, artifact, calibration } = remedy.recalibration;
    expect([fittedAt, judgedAt]).toEqual([newest - 20 * DAY, newest]);
    expect(contest.difference.logloss.high).toBeLessThan(0);
    const [before, after] = [champion, artifact].map((network) => servedLogits(network, atNewest));
    // The same customers are above the thresholds.
    for (const tier of ['medium', 'high'] as const)
      expect(logit(artifact.thresholds[tier])).toBeCloseTo(calibration.slope * logit(champion.thresholds[tier]) + calibration.level, 2); // prettier-ignore
    // And nothing more until what became of a change is known.
    expect(look(champion, null, newest + 1).remedy).toBeNull();
    expect(look(champion, null, newest).remedy?.kind).toBe('recalibrate');
    after!.forEach((value, i) => expect(value).toBeCloseTo(calibration.slope * before![i]! + calibration.level, 4));
    expect(signs[0]).toMatch(/^Risks are \d\d\.\d points off on the average \(more than 5\)\.$/);
  });

  it('moves thresholds a step towards those that a training would choose now', () => {
    const network = silenceNetwork(-3.1, 140, 4 / 20); // risk .04 up to four days of silence, .98 after five
    const lax = { ...network, thresholds: { medium: 0.2, high: 0.5 } };
    const plain = { ...known, histories: plainShop(), until: SHOP_START + 130 * DAY };
    const { remedy } = inspect({ champion: lax, changedAt: null, before: null }, plain);
    if (remedy?.kind !== 'thresholds') throw new Error(`thresholds expected, not ${remedy?.kind}`);
    expect(remedy.wanted.high).toBeGreaterThan(0.9);
    expect(remedy.artifact.thresholds.high).toBe(0.55);
    // Of those who were alerted hardly any are left alone.
    const drawsOf = (history: History) => (history === plain.histories[0] ? [drawAt(SHOP_START, 'treatment')] : []);
    expect(inspect({ champion: lax, changedAt: null, before: null }, { ...plain, drawsOf }).remedy).toBeNull();
  });

  it('says that nothing is known yet', () => {
    expect(() =>
      inspect({ champion: right, changedAt: null, before: null }, { ...known, until: SHOP_START + 22 * DAY }),
    ).toThrow('there is nothing to judge by yet');
  });
});
