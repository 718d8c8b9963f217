import { describe, expect, it } from '@jest/globals';
import { WIDE_SIZE } from '@holdfast/features';
import {
  type Artifact,
  crossingsAhead,
  headDeviations,
  LAPSED,
  logit,
  LOW,
  networkLogit,
  silenceDaysAt,
} from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { forecastOf } from './forecast.js';
import { artifact, eventAt, scored, START } from './scored.fixture.js';
import { wideAtSilence } from './wide-at-silence.js';

const state = scored([eventAt(0, 'purchase'), eventAt(5, 'cart'), eventAt(30, 'purchase'), eventAt(31, 'refund')]);
const now = state.lastActivityAt;
const inputs = artifact.hidden + WIDE_SIZE + 1;
/** Half of all customers never come again; the others within some `days`. */
const withVisitsAfter = (days: number): Artifact => {
  const last = (value: number) => Float32Array.from({ length: inputs }, (_, i) => (i === inputs - 1 ? value : 0));
  return { ...artifact, arrivals: { cure: last(0), scale: last(Math.log(days)), shape: last(0) } };
};

describe('a forecast', () => {
  it('names the crossings ahead, each less likely to be reached in silence than the one before', () => {
    const forecasts = forecastOf(state, withVisitsAfter(30), now);
    expect(forecasts.map(({ tier, at }) => ({ tier, at }))).toEqual(crossingsAhead(state, artifact, now));
    expect(forecasts.length).toBeGreaterThan(1);
    const likely = forecasts.map(({ probability }) => probability!);
    expect(likely).toEqual(likely.toSorted((a, b) => b - a));
    expect(likely.at(-1)).toBeGreaterThan(0.5);
    expect(likely[0]).toBeLessThan(1);
  });

  it('is likelier the longer the customer has been silent, and less so the sooner they use to come', () => {
    const lapse = (days: number, at: number) => forecastOf(state, withVisitsAfter(days), at).at(-1)!.probability!;
    expect(lapse(30, now + 20 * DAY)).toBeGreaterThan(lapse(30, now));
    expect(lapse(3, now)).toBeLessThan(lapse(90, now));
    // S(t) = ½ + ½·exp(−t/30): of who is silent for 20 days, by the lapse after 180.
    const survival = (days: number) => 0.5 + 0.5 * Math.exp(-days / 30);
    expect(lapse(30, now + 20 * DAY)).toBeCloseTo(survival(180) / survival(20), 6);
  });

  it('says between which instants other heads would cross, but of the lapse, which is exact', () => {
    const [first, ...rest] = forecastOf(state, artifact, now);
    expect(rest.at(-1)).toMatchObject({ tier: LAPSED, uncertainty: null });
    const { earliest, latest } = first!.uncertainty!;
    expect(earliest).toBeGreaterThanOrEqual(now);
    expect(earliest).toBeLessThan(first!.at);
    expect(latest).toBeGreaterThan(first!.at);
    expect(forecastOf(state, artifact, now)).toEqual([first, ...rest]);
  });

  it('is as early as the crossing where hardly any other head gets there', () => {
    const { dense, output, knotsDays, thresholds } = artifact;
    const highest = logit(thresholds.medium);
    const curve = new Float32Array(knotsDays.map((days) => (days < 60 ? highest - 1 : highest + 1e-6)));
    const barely = { ...state, curve, tier: LOW };
    const { at } = crossingsAhead(barely, artifact, now)[0]!;
    // Units that this customer leaves just silent, and that speak against churn: inputs that are left out can only wake them.
    const silenceDays = silenceDaysAt(state, at);
    const known = { h: state.h, silenceDays, wide: wideAtSilence(state, artifact, silenceDays) };
    const skip = artifact.skip.map(() => 0);
    const bias = dense.bias.map((_, unit) => {
      const alone = { kernel: output.kernel.map((__, j) => Number(j === unit)), bias: 0 };
      const awake = { ...dense, bias: dense.bias.map(() => 1_000) };
      const sum = networkLogit({ ...artifact, skip, dense: awake, output: alone }, known) / artifact.calibration.slope;
      return 1_000 - sum - 0.01;
    });
    const against = {
      ...artifact,
      dense: { ...dense, bias },
      output: { ...output, kernel: output.kernel.map(() => -1) },
    };
    expect(headDeviations(against, known).sort().at(-2)).toBeLessThan(0);
    expect(forecastOf(barely, against, now)[0]).toMatchObject({ at, uncertainty: { earliest: at, latest: null } });
  });

  it('says neither where it cannot: a release without the head, a state without counters', () => {
    for (const { probability } of forecastOf(state, artifact, now)) expect(probability).toBeNull();
    const bare = { ...state, counters: new Float32Array() };
    for (const { probability, uncertainty } of forecastOf(bare, withVisitsAfter(30), now))
      expect([probability, uncertainty]).toEqual([null, null]);
    expect(forecastOf(scored([eventAt(0, 'cart')]), artifact, START)).toEqual([]);
  });
});
