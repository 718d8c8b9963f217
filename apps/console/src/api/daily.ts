// How many customers crossed into or came back from a tier, a day at a time: one array a line of the chart.
import { type RiskDay } from '@holdfast/postgres';
import { DAY, toIso } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { causeName, oneOf, orNull, tierName } from './fields.js';

const types = { 'churn.risk.crossed.v1': 'crossed', 'churn.risk.recovered.v1': 'recovered' } as const;

export const daily = Type.Object(
  {
    from: orNull(Type.String({ format: 'date', description: 'UTC day of the first count; null: nothing yet' })),
    days: Type.Integer(),
    series: Type.Array(
      Type.Object({
        type: oneOf(['crossed', 'recovered'] as const),
        tier: tierName,
        cause: causeName,
        counts: Type.Array(Type.Integer(), { description: 'one a day' }),
      }),
    ),
  },
  { title: 'Daily' },
);
export type Daily = Static<typeof daily>;

/** Turns rows into series without holes. */
export function dailySeries(rows: readonly RiskDay[]): Daily {
  const told = rows.filter((row) => row.type in types);
  if (told.length === 0) return { from: null, days: 0, series: [] };
  const first = told[0]!.day;
  const days = told.at(-1)!.day - first + 1;
  const series = new Map<string, Daily['series'][number]>();
  for (const row of told) {
    const key = `${row.type} ${row.tier} ${row.cause}`;
    let line = series.get(key);
    if (!line) {
      const type = types[row.type as keyof typeof types];
      line = {
        type,
        tier: row.tier,
        cause: row.cause,
        counts: new Array<number>(days).fill(0),
      } as Daily['series'][number];
      series.set(key, line);
    }
    line.counts[row.day - first] = row.count;
  }
  return { from: toIso(first * DAY).slice(0, 10), days, series: [...series.values()] };
}
