import { describe, expect, it } from '@jest/globals';
import { type Artifact, logit } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { type Known } from './known.js';
import { NO_DRAWS } from './left-alone.js';
import { contactedShop, rightNetwork } from './left-alone.fixture.js';
import { atRiskAt } from './population.js';
import { contest, objectionTo } from './promotion.js';
import { definition, silenceNetwork } from './silence-network.fixture.js';
import { historiesOf, SHOP_START, syntheticEvents } from './synthetic-shop.js';

const histories = historiesOf(syntheticEvents(240, 150));
const until = SHOP_START + 150 * DAY;
const cutoffs = [SHOP_START + 100 * DAY, SHOP_START + 125 * DAY];
const rows = cutoffs.flatMap((at) => atRiskAt(histories, at, definition));
const base = logit(rows.filter(({ churned }) => churned).length / rows.length);

const run = (champion: Artifact, candidate: Artifact, at = cutoffs) =>
  contest({ champion, candidate }, { histories, until, drawsOf: NO_DRAWS }, at);

describe('a promotion', () => {
  it('is allowed to probabilities that are better beyond chance', () => {
    const result = run(silenceNetwork(3), silenceNetwork(base));
    expect(result).toMatchObject({ rows: rows.length, cutoffs, objection: null });
    expect(result.difference.logloss.high).toBeLessThan(0);
    expect(result.difference.auc).toEqual({ value: 0, low: 0, high: 0 });
    expect(result.segments.reduce((sum, segment) => sum + segment.rows, 0)).toBe(rows.length);
  });

  it('is refused in a tie, although the candidate happens to come closer', () => {
    const result = run(silenceNetwork(base + 0.1), silenceNetwork(base));
    expect(result.difference.logloss.low).toBeLessThan(0);
    expect(result.difference.logloss.high).toBeGreaterThan(0);
    expect(result.difference.ece.value).toBeLessThan(0);
    expect(result.objection).toBe('Neither its log-loss nor its calibration is better beyond chance.');
  });

  it('is told by those who were left alone, and by nobody where no one was held out', () => {
    const [shop, open] = [contactedShop(1_000, 0.3), contactedShop(1_000, 0)];
    const at = [60, 80].map((days) => SHOP_START + days * DAY);
    const [right, low] = [rightNetwork(), rightNetwork(-0.8)];
    const judged = ({ drawsOf, ...known }: Known, blind = false) =>
      contest({ champion: right, candidate: low }, { ...known, drawsOf: blind ? NO_DRAWS : drawsOf }, at);
    expect(judged(shop, true).objection).toBeNull();
    const seen = judged(shop);
    expect(seen.objection).toBe('Its log-loss is worse.');
    expect(seen.baseRate - judged(shop, true).baseRate).toBeGreaterThan(0.08);
    expect(seen.rows + seen.contacted).toBe(judged(shop, true).rows);
    expect(judged(open).objection).toMatch(/^Nobody was held out for \d+ who were contacted/);
  });

  it('is refused to worse ones, and to the same', () => {
    expect(run(silenceNetwork(base), silenceNetwork(3)).objection).toBe('Its log-loss is worse.');
    expect(run(silenceNetwork(base), silenceNetwork(base)).objection).toMatch(/better beyond chance/);
  });

  it('is refused where customers would be ranked worse, whatever the log-loss', () => {
    const result = run(silenceNetwork(6, 2), silenceNetwork(base));
    expect(result.difference.logloss.high).toBeLessThan(0);
    expect(result.segments.some(({ auc }) => auc !== null && auc.high < -0.02)).toBe(true);
    expect(result.objection).toMatch(/^It ranks customers worse \(AUC -0\.\d+\)\.$/);
  });

  it('is refused where a segment would be ranked worse by .02 beyond chance, although the whole gains', () => {
    const { champion, candidate, ...of } = run(silenceNetwork(3), silenceNetwork(base));
    const segment = (value: number, high: number) => ({
      name: 'quiet',
      rows: 90,
      auc: { value, low: value - 0.02, high },
    });
    const objection = (...segments: ReturnType<typeof segment>[]) =>
      objectionTo({ ...of, champion, candidate, segments });
    expect(objection(segment(-0.05, -0.01))).toBe('The segment "quiet" would be ranked worse (AUC -0.050).');
    expect(objection(segment(-0.05, 0.01), segment(-0.01, -0.001), segment(0.1, 0.2))).toBeNull();
  });

  it('is not judged where the two predict different things, or nothing is known yet', () => {
    expect(() => run({ ...silenceNetwork(0), horizonDays: 30 }, silenceNetwork(0))).toThrow(
      'The two predict different things: the champion no purchase within 30 days, the candidate within 20.',
    );
    expect(() => run(silenceNetwork(0), silenceNetwork(1), [until - 5 * DAY])).toThrow(
      'At 0 of 1 cut-offs the data go on for 20 days; 0 customers were at risk there',
    );
  });
});
