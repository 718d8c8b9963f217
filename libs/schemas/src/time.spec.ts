import { describe, expect, it } from '@jest/globals';

import { fromIso } from './time.js';

describe('an instant on the wire', () => {
  it.each([
    ['2026-11-25T10:15:00Z', 1_795_601_700_000],
    ['2026-11-25T10:15:00.5Z', 1_795_601_700_500],
    ['2026-11-25T10:15:00.123456Z', 1_795_601_700_123],
    ['2026-11-25T10:15:00+05:30', 1_795_581_900_000],
    ['2026-11-25T10:15:00.250-08:00', 1_795_630_500_250],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000],
  ])('is read: %s', (text, at) => {
    expect(fromIso(text)).toBe(at);
  });

  // All but the last few are instants to `Date.parse`, some of them in the zone of whatever machine reads them.
  it.each([
    'March 7',
    '2024',
    '1',
    '2026-11-25',
    '2026-11-25T10:15:00',
    '2026-11-25 10:15:00Z',
    '2026-11-25T10:15Z',
    '2026-11-25T10:15:00+0530',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    ' 2026-11-25T10:15:00Z',
    '2026-11-25T10:15:00Z\n',
    '2026-13-01T00:00:00Z',
    '2026-11-32T00:00:00Z',
    '2026-11-25T25:00:00Z',
    '2026-11-25T10:15:00+99:00',
    '',
  ])('is not %j', (text) => {
    expect(() => fromIso(text)).toThrow(RangeError);
    expect(() => fromIso(text)).toThrow(JSON.stringify(text));
  });
});
