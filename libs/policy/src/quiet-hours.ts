// Nobody is written to at night: a message decided in the quiet hours of the shop's time zone waits for their end.
import { TZDate } from '@date-fns/tz';
import { type Millis } from '@holdfast/schemas';

import { type Rules } from './rules.js';

/** The first instant ≥ `at` outside the quiet hours. On days with a clock change, the wall clock of the time zone counts. */
export function outsideQuietHours(at: Millis, { quiet, timeZone }: Pick<Rules, 'quiet' | 'timeZone'>): Millis {
  const { fromHour, untilHour } = quiet;
  if (fromHour === untilHour) return at;
  const local = new TZDate(at, timeZone);
  const hour = local.getHours();
  const spansMidnight = fromHour > untilHour;
  const isQuiet = spansMidnight ? hour >= fromHour || hour < untilHour : hour >= fromHour && hour < untilHour;
  if (!isQuiet) return at;
  if (spansMidnight && hour >= fromHour) local.setDate(local.getDate() + 1);
  local.setHours(untilHour, 0, 0, 0);
  return local.getTime();
}
