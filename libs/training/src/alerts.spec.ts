import { describe, expect, it } from '@jest/globals';
import { logit } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';

import { artifact, period, trackOf } from './alerts.fixture.js';
import { alertsOf, type RiskTrack } from './alerts.js';
import { chooseThresholds, HIGH_RULE } from './thresholds.js';

const alerts = (track: RiskTrack, threshold: number) =>
  alertsOf(artifact, { tracks: [track], period }, threshold).map(({ at, cause, right }) => [
    Math.round((10 * at) / DAY) / 10,
    cause,
    right,
  ]);

describe('the alert stream', () => {
  it('alerts at the event when risk is there at once; the event itself does not make that wrong', () => {
    expect(alerts(trackOf([10], [0.8]), 0.7)).toEqual([[10, 'event', true]]);
    expect(alerts(trackOf([10, 40], [0.8, 0.8]), 0.7)).toEqual([[10, 'event', false]]);
  });

  it('alerts in mid-silence at the instant of the crossing, between the knots', () => {
    const [[at, cause, right] = []] = alerts(trackOf([10], [0.3], 60), 0.7);
    expect([cause, right]).toEqual(['silence', true]);
    expect(at).toBeGreaterThan(10 + 45);
    expect(at).toBeLessThan(10 + 60);
  });

  it('is silent when the next event comes before the crossing, or the customer has lapsed', () => {
    expect(alerts(trackOf([10, 40], [0.3, 0.3], 200), 0.7)).toEqual([]);
  });

  it('stays in the tier within the hysteresis, and alerts anew after leaving it', () => {
    expect(alerts(trackOf([10, 20, 30], [0.8, 0.66, 0.8]), 0.7)).toHaveLength(1);
    expect(alerts(trackOf([10, 20, 30], [0.8, 0.64, 0.8]), 0.7)).toHaveLength(2);
  });

  it('takes a lapsed customer who comes back for recovered, whatever the risk, and alerts anew later', () => {
    expect(alerts(trackOf([10, 300], [0.3, 0.8]), 0.7)).toEqual([]);
    expect(alerts(trackOf([10, 300], [0.8, 0.66]), 0.7)).toHaveLength(1);
    expect(alerts(trackOf([10, 300, 310], [0.8, 0.66, 0.8]), 0.7)).toHaveLength(2);
  });
});

describe('thresholds', () => {
  /** Customers scored at `risk`; a share of them buys again within the horizon. */
  const group = (risk: number, count: number, returning: number): RiskTrack[] =>
    Array.from({ length: count }, (_, i) => trackOf(i < count * returning ? [10, 50] : [10], [risk, 0.01]));
  const choose = (tracks: RiskTrack[], risks: number[]) =>
    chooseThresholds(
      artifact,
      { tracks, period, atRisk: 100 },
      { baseRate: 0.3, logits: Float64Array.from(risks, logit) },
    );

  it('are the lowest risks whose alerts are right often enough', () => {
    const tracks = [...group(0.3, 200, 0.8), ...group(0.5, 50, 0.3), ...group(0.8, 50, 0.1)];
    const { medium, high } = choose(tracks, [0.3, 0.5, 0.8]);
    expect(high).toMatchObject({ risk: 0.5, by: 'precision' });
    expect(high.summary.precision).toBeGreaterThanOrEqual(HIGH_RULE.precision);
    expect(medium.risk).toBeLessThan(0.5 - artifact.hysteresis);
  });

  it('are not decided by one candidate that falls below the floor', () => {
    const tracks = [...group(0.3, 200, 0.8), ...group(0.5, 300, 0.1), ...group(0.8, 60, 1), ...group(0.9, 60, 0)];
    expect(choose(tracks, [0.3, 0.5, 0.8, 0.9]).high).toMatchObject({ risk: 0.5, by: 'precision' });
  });

  it('are not decided by one candidate that rises above the floor again', () => {
    const tracks = [...group(0.3, 220, 0), ...group(0.5, 400, 0.5), ...group(0.9, 60, 0)];
    expect(choose(tracks, [0.3, 0.5, 0.9]).high).toMatchObject({ risk: 0.9, by: 'precision' });
  });

  it('fall back to the most precise bearable ones, and say so', () => {
    const { high } = choose([...group(0.3, 100, 0.9), ...group(0.8, 50, 0.5)], [0.3, 0.8]);
    expect(high).toMatchObject({ risk: 0.8, by: 'capacity' });
  });

  it('are servable even where hardly anybody is at risk', () => {
    const { medium, high } = choose(group(0.05, 3, 0), [0.05, 0.05]);
    expect(medium.risk).toBeLessThan(high.risk - artifact.hysteresis);
    expect(medium.risk).toBeGreaterThan(artifact.hysteresis);
  });
});
