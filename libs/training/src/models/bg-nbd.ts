// BG/NBD: what the field of marketing has used since 2005, from the times of purchases alone. Purchases of one day count once (of one
// hour, where the horizon is a few days); parameters by maximum likelihood on everything before validation.
import { DAY, HOUR, type Millis } from '@holdfast/schemas';

import { fitBgNbd, type PurchaseSummary, quietLogit } from '../bg-nbd.js';
import { type History } from '../history.js';
import { type ChurnModel } from './churn-model.js';

/** Horizons up to this are told apart by the hour, days. */
const HOURLY = 7;

export const bgNbd: ChurnModel = {
  key: 'bg_nbd',
  name: 'BG/NBD',
  isSeeded: false,
  fit: ({ histories, split, horizonDays }) => {
    const unit = (7 * DAY * horizonDays) / 90;
    const tick = horizonDays > HOURLY ? DAY : HOUR;
    const summary = (history: History, at: Millis) => summaryOf(history, at, { unit, tick });
    const known = histories.flatMap((history) => summary(history, split.validation) ?? []);
    const fitted = fitBgNbd(known);
    return {
      chosen: { ...fitted },
      logits: ({ population }) =>
        Float64Array.from(population, ({ history, at }) =>
          quietLogit(fitted, summary(history, at)!, (horizonDays * DAY) / unit),
        ),
    };
  },
};

/** What was known of the purchases before `at`; `null` without any. */
function summaryOf(
  { purchases }: History,
  at: Millis,
  { unit, tick }: { readonly unit: Millis; readonly tick: Millis },
): PurchaseSummary | null {
  const ticks = new Set(purchases.filter((time) => time < at).map((time) => Math.floor(time / tick) * tick));
  if (ticks.size === 0) return null;
  const [first, last] = [Math.min(...ticks), Math.max(...ticks)];
  return { x: ticks.size - 1, tx: (last - first) / unit, T: (at - first) / unit };
}
