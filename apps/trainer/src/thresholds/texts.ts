// The answer as a table.
import { toIso } from '@holdfast/schemas';
import { type Economics, profitOf } from '@holdfast/training';

import { aligned } from '../aligned.js';
import { NOW, type Past, type Trial, WHAT_IF } from './trials.js';

const day = (at: number): string => toIso(at).slice(0, 10);
const percent = (share: number): string => (Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`);

/** `economics`: adds what each line would have earned. `seenUntil`: until when the release may have seen what happened. */
export function trialsText(
  { newest: { period, atRisk }, before }: Past,
  trials: readonly Trial[],
  { economics, seenUntil }: { readonly economics: Economics | null; readonly seenUntil: number },
): string {
  const head = ['', 'from risk', 'alerts', 'per 1,000 and week', 'right', 'in silence', 'lead, days'];
  const rows = trials.map(({ tier, name, tried }) => [
    `${tier}, ${name}`,
    ...(tried === null ? ['there is none'] : cellsOf(tried, economics)),
  ]);
  const lines = aligned([economics === null ? head : [...head, 'earned'], ...rows]);
  return [
    `${day(period.from)} to ${day(period.until)}, the newest past whose outcomes are known; ${Math.round(atRisk)} customers at risk:`,
    '',
    ...lines,
    ...(trials.some(({ name }) => name !== NOW && name !== WHAT_IF)
      ? [
          '',
          before
            ? `Chosen on the alerts from ${day(before.period.from)} to ${day(before.period.until)}, told of the later ones.`
            : 'Chosen on these very alerts, for there are no earlier ones: expect less of later ones.',
        ]
      : []),
    ...(period.from < seenUntil
      ? ['', `The release has learnt from what happened up to ${day(seenUntil)}: expect less of what comes later.`]
      : []),
  ].join('\n');
}

function cellsOf({ risk, summary }: NonNullable<Trial['tried']>, economics: Economics | null): string[] {
  const { alerts, perThousandWeek, precision, bySilence, medianLeadDays } = summary;
  return [
    risk.toFixed(3),
    String(alerts),
    perThousandWeek.toFixed(1),
    percent(precision),
    percent(bySilence),
    Number.isNaN(medianLeadDays) ? '–' : medianLeadDays.toFixed(0),
    ...(economics === null ? [] : [profitOf(summary, economics).toFixed(0)]),
  ];
}
