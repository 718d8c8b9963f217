// The answer, for people.
import { type Artifact } from '@holdfast/model';
import { type Millis, toIso } from '@holdfast/schemas';

import { type BothWays, type Way } from './both-ways.js';
import { type Difference, type Shift, shiftOf } from './differences.js';

const number = (value: number): string => Math.round(value).toLocaleString('en-GB');
const day = (at: Millis): string => toIso(at).slice(0, 10);
const TIERS_TOLD = ['high', 'medium'] as const;

/** Under what each way was judged in the end. */
export interface Judges {
  readonly was: Artifact;
  readonly whatIf: Artifact;
}

export function differenceText(
  both: BothWays,
  judges: Judges,
  {
    period,
    differences,
  }: {
    readonly period: { readonly from: Millis; readonly until: Millis };
    readonly differences: readonly Difference[];
  },
): string {
  const { was, whatIf } = both;
  const row = (name: string, of: (way: Way) => number): Row => [name, number(of(was)), number(of(whatIf))];
  const threshold = (tier: 'high' | 'medium'): Row => [
    `${tier} from risk`,
    ...([judges.was, judges.whatIf].map(({ thresholds }) => thresholds[tier].toFixed(3)) as [string, string]),
  ];
  const playbooks = [...new Set([...was.decided, ...whatIf.decided].map(({ playbook }) => playbook))].sort();
  const rows: Row[] = [
    ['', 'as it was', 'what if'],
    ...TIERS_TOLD.map(threshold),
    ...TIERS_TOLD.flatMap((tier) => [
      row(`crossings into ${tier}`, ({ crossed }) => crossed.filter((one) => one.tier === tier).length),
      row(
        '  in silence',
        ({ crossed }) => crossed.filter((one) => one.tier === tier && one.cause === 'silence').length,
      ),
      row(
        '  customers',
        ({ crossed }) => new Set(crossed.filter((one) => one.tier === tier).map(({ customer }) => customer)).size,
      ),
    ]),
    ...playbooks.flatMap((playbook) => {
      const count = (arm: string | null) => (way: Way) =>
        way.decided.filter((one) => one.playbook === playbook && one.arm === arm).length;
      return [
        row(`${playbook}: contacted`, count('treatment')),
        row('  left alone, to measure', count('hold-out')),
        row('  passed over, by a rule', count(null)),
      ];
    }),
  ];
  return [
    `${day(period.from)} to ${day(period.until)}; ${number(both.events)} events of ${number(both.customers)} customers in the log. Nothing was written.`,
    '',
    ...table(rows),
    '',
    ...TIERS_TOLD.map((tier) => shiftText(tier, shiftOf(differences.filter((one) => one.tier === tier)))),
  ].join('\n');
}

type Row = readonly [name: string, was: string, whatIf: string];

function table(rows: readonly Row[]): string[] {
  const width = (k: 0 | 1 | 2) => Math.max(...rows.map((row) => row[k].length));
  const widths = [width(0), width(1), width(2)] as const;
  return rows.map(([name, a, b]) => `${name.padEnd(widths[0])}  ${a.padStart(widths[1])}  ${b.padStart(widths[2])}`);
}

function shiftText(tier: string, shift: Shift): string {
  const by = (count: number, days: number) => (count === 0 ? '' : ` (by ${days.toFixed(1)} days, the median)`);
  return (
    `Into ${tier}: ${number(shift.same)} at the same instant, ${number(shift.sooner)} sooner${by(shift.sooner, shift.medianSoonerDays)}, ` +
    `${number(shift.later)} later${by(shift.later, shift.medianLaterDays)}, ${number(shift.gone)} no more, ${number(shift.added)} new.`
  );
}
