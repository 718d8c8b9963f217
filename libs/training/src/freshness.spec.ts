import { describe, expect, it } from '@jest/globals';
import { DAY, HOUR } from '@holdfast/schemas';

import { artifact, trackOf } from './alerts.fixture.js';
import { alertsOf } from './alerts.js';
import { freshness } from './freshness.js';

const period = { from: 0, until: 100 * DAY };
const THRESHOLD = 0.7;
const tableOf = (...tracks: ReturnType<typeof trackOf>[]) =>
  freshness(artifact, { tracks, period, atRisk: 10 }, THRESHOLD);
const cadence = (table: ReturnType<typeof tableOf>, name: string) => table.cadences.find((one) => one.name === name)!;

describe('freshness', () => {
  it('hears of a crossing in silence at once, at the next look of the clock, or, at events alone, never', () => {
    const silent = trackOf([10.25], [0.3], 60);
    const [{ at } = { at: 0 }] = alertsOf(artifact, { tracks: [silent], period }, THRESHOLD);
    const table = tableOf(silent);
    expect(table).toMatchObject({ crossings: 1, inSilence: 1, early: 1 });
    expect(cadence(table, 'on events and silence')).toMatchObject({
      heardInSilence: 1,
      meanDays: 0,
      p95Days: 0,
      inTime: 1,
    });
    expect(cadence(table, 'on events')).toMatchObject({ heardInSilence: 0, meanDays: null, p95Days: null, inTime: 0 });
    const week = 7 * DAY;
    expect(cadence(table, 'every 7 days').meanDays).toBeCloseTo((week - (at % week)) / DAY, 9);
    expect(cadence(table, 'every 120 seconds').meanDays).toBeLessThanOrEqual(120_000 / DAY);
  });

  it('does not hear of what was over before it looked', () => {
    // Risk is high after a purchase at half past noon, and low again after one at four.
    const brief = trackOf([20 + 12.5 / 24, 20 + 16 / 24], [0.8, 0.1]);
    const table = tableOf(brief);
    expect(table).toMatchObject({ crossings: 1, inSilence: 0, early: 0 });
    expect(cadence(table, 'on events')).toMatchObject({ heardByEvent: 1, heardInSilence: null, meanDays: null });
    expect(cadence(table, 'every 8 hours')).toMatchObject({ heardByEvent: 0, inTime: null });
    expect(cadence(table, 'every 2 hours')).toMatchObject({ heardByEvent: 1 });
  });

  it('hears at events of a crossing in silence if the risk is still above the threshold then', () => {
    const still = trackOf([10, 80], [0.3, 0.8], 50);
    const [{ at } = { at: 0 }] = alertsOf(artifact, { tracks: [still], period }, THRESHOLD);
    expect(at).toBeLessThan(80 * DAY);
    expect(cadence(tableOf(still), 'on events').meanDays).toBeCloseTo((80 * DAY - at) / DAY, 9);
    // Still in the tier, by hysteresis alone.
    expect(cadence(tableOf(trackOf([10, 80], [0.3, 0.68], 50)), 'on events')).toMatchObject({ heardInSilence: 0 });
  });

  it('hears by the clock only where a score reaches the threshold', () => {
    // In the tier from noon on, but below its threshold by four, until the silence is long again.
    const wavering = trackOf([20 + 12.5 / 24, 20 + 16 / 24], [0.8, 0.68], 30);
    const { meanDays, heardByEvent } = cadence(tableOf(wavering), 'every day');
    expect([meanDays, heardByEvent]).toEqual([null, 1]);
    expect(cadence(tableOf(trackOf([20 + 12.5 / 24, 20 + 16 / 24], [0.8, 0.68])), 'every day').heardByEvent).toBe(0);
  });

  it('counts scores: everybody at each look, or each customer at their moments', () => {
    const table = tableOf(trackOf([10, 40, 120], [0.1, 0.1, 0.1]));
    expect(cadence(table, 'every 2 hours').scores).toBe((10 * period.until) / (2 * HOUR));
    expect(cadence(table, 'on events and silence').scores).toBe(2);
  });

  it('leaves out looks that are rarer than twice in the period, and crossings that the rarest could not hear of', () => {
    const short = { from: 0, until: 10 * DAY };
    const late = trackOf([9.5], [0.8]);
    const table = freshness(artifact, { tracks: [late], period: short, atRisk: 1 }, THRESHOLD);
    expect(table.cadences.map(({ name }) => name)).not.toContain('every 7 days');
    expect(table.crossings).toBe(0);
  });
});
