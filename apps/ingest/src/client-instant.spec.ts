import { describe, expect, it } from '@jest/globals';

import { clientInstant } from './client-instant.js';

describe('a time as a sender writes it', () => {
  it.each<[unknown, string]>([
    ['2026-11-25T10:15:00.250Z', '2026-11-25T10:15:00.250Z'],
    ['2026-11-25T10:15:00+05:30', '2026-11-25T04:45:00.000Z'],
    ['2026-11-25 10:15:00+0530', '2026-11-25T04:45:00.000Z'],
    ['2026-11-25T10:15', '2026-11-25T10:15:00.000Z'],
    ['2026-11-25 10:15:00', '2026-11-25T10:15:00.000Z'],
    ['2026-11-25', '2026-11-25T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    [1_795_601_700_000.7, '2026-11-25T10:15:00.000Z'],
  ])('is read: %j', (written, meant) => {
    expect(clientInstant(written)).toBe(Date.parse(meant));
  });

  it.each([
    ...['2026-02-30', '2025-02-29T10:00:00Z', '2026-04-31 10:00', '2026-13-01', '2026-11-25T25:00', 'yesterday', ''],
    ...['1969-12-31', '2200-01-01', -1, 1_795_601_700, 1e15, Number.NaN, null, undefined, {}, true],
  ])('is not %j', (written) => {
    expect(clientInstant(written)).toBeNull();
  });
});
