import { describe, expect, it } from '@jest/globals';
import { DAY } from '@holdfast/schemas';

import { alertsOn, earliness, gridFrom, gridUntil, type Slice } from './earliness.js';
import { atRiskAt } from './population.js';
import { eventOf, historiesOf, SHOP_START } from './synthetic-shop.js';

const definition = { horizonDays: 14, activeDays: 28 };
const day = (n: number) => SHOP_START + n * DAY;

/** Risk is the silence in days ÷ 28. */
function slicesOf(purchases: Readonly<Record<string, readonly number[]>>, days: readonly number[]): Slice[] {
  const events = Object.entries(purchases).flatMap(([customer, bought]) =>
    bought.map((n) => eventOf(customer, 'purchase', day(n))),
  );
  const histories = historiesOf(events.sort((a, b) => a.receivedAt - b.receivedAt));
  return days.map((n) => {
    const population = atRiskAt(histories, day(n), definition);
    const silence = (row: (typeof population)[number]) => day(n) - row.history.moments[row.index]!.at;
    return { at: day(n), population, p: Float64Array.from(population, (row) => silence(row) / DAY / 28) };
  });
}

const told = (slices: readonly Slice[], threshold: number) =>
  alertsOn(slices, threshold).map(({ slice, row }) => `${row.history.customer} ${slice}`);

describe('alerts on a grid', () => {
  it('come once, and again only after the customer has acted', () => {
    const slices = slicesOf({ a: [0, 12], b: [8] }, [5, 8, 10, 13, 20, 21]);
    // a is silent for 5, 8, 10, 1, 8, 9 days, b for 0 (not known yet), 0, 2, 5, 12, 13.
    expect(told(slices, 8 / 28)).toEqual(['a 1', 'a 4', 'b 4']);
    expect(told(slices, 1)).toEqual([]);
  });

  it.each([
    [90, 13, 7 * DAY],
    [30, 30, DAY],
    [14, 14, DAY],
    [2, 8, DAY / 4],
  ])('stand at moments of the protocol: H = %d days has %d', (horizonDays, count, step) => {
    const grid = gridFrom(day(0), horizonDays);
    expect([grid.length, grid[1]! - grid[0]!]).toEqual([count, step]);
    expect(gridUntil(day(200), horizonDays)[0]).toBe(day(200 - horizonDays));
  });
});

describe('earliness', () => {
  // Thirty customers fall silent on day 0; half of them come back on day 20.
  const gone = Array.from({ length: 15 }, (_, i) => [`gone${i}`, [0]] as const);
  const back = Array.from({ length: 15 }, (_, i) => [`back${i}`, [0, 20]] as const);
  const shop = Object.fromEntries([...gone, ...back]);
  const at = (days: readonly number[]) => slicesOf(shop, days);

  it('tells how many of those who churned were warned of before H days of silence, and when', () => {
    const [validation] = at([7]);
    const grids = { validation: at([4, 5, 7]), tests: [at([7, 8, 9, 10])] };
    const [both] = earliness(validation!, grids, { horizonDays: 14, end: day(60) });
    // On day 7 half of all churn within 14 days: .70 is never reached, and everybody has the same risk.
    expect(both!.snapshot.threshold).toEqual({ value: 0.25, targetPrecision: 0.7, reachedOnValidation: false });
    expect(both!.snapshot).toMatchObject({
      churners: 15,
      share: { value: 1, low: 1, high: 1 },
      medianLeadDays: { value: 7, low: 7, high: 7 },
      perThousandWeek: 0,
      backlogPerThousand: 1_000,
      precisionNew: null,
    });
  });

  it('does not count a warning that comes when the silence is already H days long', () => {
    const [validation] = at([21]);
    const grids = { validation: at([7, 14, 21]), tests: [at([13, 15])] };
    const [both] = earliness({ ...validation!, p: validation!.p.fill(15 / 28) }, grids, {
      horizonDays: 14,
      end: day(60),
    });
    expect(both!.snapshot).toMatchObject({ churners: 15, share: { value: 0 }, backlogPerThousand: 0 });
    expect(both!.snapshot.precisionNew).toEqual({ value: 0.5, n: 30 });
    expect(both!.snapshot.medianLeadDays.value).toBeNaN();
  });

  it('has no precision where no outcome is known yet', () => {
    const [validation] = at([21]);
    const grids = { validation: at([7, 14, 21]), tests: [at([13, 15])] };
    const [both] = earliness({ ...validation!, p: validation!.p.fill(15 / 28) }, grids, {
      horizonDays: 14,
      end: day(28),
    });
    expect(both!.snapshot.precisionNew).toBeNull();
  });
});
