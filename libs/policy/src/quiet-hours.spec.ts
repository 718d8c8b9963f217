import { describe, expect, it } from '@jest/globals';
import { fromIso, HOUR, type Millis, toIso } from '@holdfast/schemas';
import fc from 'fast-check';

import { dayOf, sliceOf } from './budget.js';
import { outsideQuietHours } from './quiet-hours.js';

describe('quiet hours', () => {
  const night = { fromHour: 21, untilHour: 8 };
  it.each([
    ['by day nothing changes', 'UTC', night, '2026-06-01T12:34:56Z → 2026-06-01T12:34:56Z'],
    ['in the evening it waits for tomorrow', 'UTC', night, '2026-06-01T21:00:00Z → 2026-06-02T08:00:00Z'],
    ['after midnight for this morning', 'UTC', night, '2026-06-01T03:00:00Z → 2026-06-01T08:00:00Z'],
    ['at their end it is sent', 'UTC', night, '2026-06-01T08:00:00Z → 2026-06-01T08:00:00Z'],
    ["the shop's clock counts", 'America/New_York', night, '2026-06-01T02:00:00Z → 2026-06-01T12:00:00Z'],
    ['half hours count', 'Asia/Kolkata', night, '2026-06-01T20:00:00Z → 2026-06-02T02:30:00Z'],
    ['spring: an hour is missing', 'Europe/London', night, '2026-03-28T23:00:00Z → 2026-03-29T07:00:00Z'],
    ['autumn: an hour comes twice', 'Europe/London', night, '2026-10-24T23:00:00Z → 2026-10-25T08:00:00Z'],
    ['year end', 'UTC', night, '2026-12-31T22:00:00Z → 2027-01-01T08:00:00Z'],
    ['siesta', 'UTC', { fromHour: 13, untilHour: 15 }, '2026-06-01T13:30:00Z → 2026-06-01T15:00:00Z'],
    ['none', 'UTC', { fromHour: 0, untilHour: 0 }, '2026-06-01T03:00:00Z → 2026-06-01T03:00:00Z'],
  ])('%s', (_, timeZone, quiet, times) => {
    const [at, sendAt] = times.split(' → ').map(fromIso) as [Millis, Millis];
    expect(toIso(outsideQuietHours(at, { timeZone, quiet }))).toBe(toIso(sendAt));
  });

  it('never send earlier, nor more than a day later, nor within themselves', () => {
    const hour = fc.integer({ min: 0, max: 23 });
    const zone = fc.constantFrom('UTC', 'Europe/London', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Chatham');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 41 }), hour, hour, zone, (at, fromHour, untilHour, timeZone) => {
        const rules = { timeZone, quiet: { fromHour, untilHour } };
        const sendAt = outsideQuietHours(at, rules);
        expect(sendAt).toBeGreaterThanOrEqual(at);
        expect(sendAt - at).toBeLessThanOrEqual(25 * HOUR);
        expect(outsideQuietHours(sendAt, rules)).toBe(sendAt);
      }),
    );
  });
});

describe('budget slices', () => {
  it('sum to what was granted', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 64 }), (total, partitions) => {
        const parts = Array.from({ length: partitions }, (_, p) => sliceOf(total, p, partitions));
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
        expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("belong to the day of the shop's calendar", () => {
    expect(dayOf(fromIso('2026-06-01T23:30:00Z'), 'UTC')).toBe('2026-06-01');
    expect(dayOf(fromIso('2026-06-01T23:30:00Z'), 'Europe/London')).toBe('2026-06-02');
  });
});
