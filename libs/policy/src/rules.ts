// What a shop has laid down about being in touch with its customers. Every guard reads its numbers here.
import { type Channel } from '@holdfast/schemas';

/** The rules of one shop. */
export interface Rules {
  /** Key of the arms' hash. Changing it moves nobody who has been drawn. */
  readonly salt: string;
  /** Share of eligible customers who are left alone, 0 to 1. */
  readonly holdOutShare: number;
  /** IANA name, e.g. `Europe/London`. */
  readonly timeZone: string;
  /** Hours of the day [0, 24) between which nothing is sent; equal: no quiet hours. May span midnight. */
  readonly quiet: { readonly fromHour: number; readonly untilHour: number };
  /** At most `count` decisions per customer in any `days` days, over all playbooks. */
  readonly cap: { readonly count: number; readonly days: number };
  /** What follows from a crossing by silence is not sent for so long after it: until an outage would have been noticed, and the crossing taken back. */
  readonly silenceHoldSeconds: number;
  /** For so long no other decision is made about a customer, unless they come back in the meantime. */
  readonly restDays: number;
  /** A decision is judged by the purchases of so many days after it. */
  readonly windowDays: number;
  /** Whether a customer we know nothing of may be contacted. */
  readonly consentByDefault: boolean;
  /** A day's grant for the whole shop: expected cost of coupons (minor units), and messages. */
  readonly daily: { readonly costMinor: number; readonly messages: number };
  /** Channels that are set up. None: messages are kept to be read, written as for e-mail. */
  readonly channels: readonly Channel[];
  /** Share of a price that is margin, 0 to 1. */
  readonly marginRate: number;
}

/** What applies where a shop has set nothing. */
export const DEFAULT_RULES: Rules = {
  salt: 'holdfast',
  holdOutShare: 0.1,
  timeZone: 'UTC',
  quiet: { fromHour: 21, untilHour: 8 },
  cap: { count: 2, days: 30 },
  silenceHoldSeconds: 300,
  restDays: 7,
  windowDays: 30,
  consentByDefault: false,
  daily: { costMinor: 600_000, messages: 1_000 },
  channels: [],
  marginRate: 0.4,
};

/** Returns the rules; throws `RangeError` naming the first that makes no sense. */
export function checkRules(rules: Rules): Rules {
  const demand = (isRight: boolean, field: string, value: unknown) => {
    if (!isRight) throw new RangeError(`${field} cannot be ${String(value)}`);
  };
  const isShare = (value: number) => value >= 0 && value <= 1;
  const isHour = (value: number) => Number.isInteger(value) && value >= 0 && value < 24;
  demand(isShare(rules.holdOutShare), 'holdOutShare', rules.holdOutShare);
  demand(isShare(rules.marginRate), 'marginRate', rules.marginRate);
  demand(isHour(rules.quiet.fromHour), 'quiet.fromHour', rules.quiet.fromHour);
  demand(isHour(rules.quiet.untilHour), 'quiet.untilHour', rules.quiet.untilHour);
  demand(rules.cap.count >= 0, 'cap.count', rules.cap.count);
  demand(rules.cap.days > 0, 'cap.days', rules.cap.days);
  demand(rules.silenceHoldSeconds >= 0, 'silenceHoldSeconds', rules.silenceHoldSeconds);
  demand(rules.restDays >= 0, 'restDays', rules.restDays);
  demand(rules.windowDays > 0, 'windowDays', rules.windowDays);
  demand(rules.daily.costMinor >= 0, 'daily.costMinor', rules.daily.costMinor);
  demand(rules.daily.messages >= 0, 'daily.messages', rules.daily.messages);
  demand(isTimeZone(rules.timeZone), 'timeZone', rules.timeZone);
  return rules;
}

function isTimeZone(name: string): boolean {
  try {
    return name !== '' && new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}
