// The settings by which a shop lays down its rules.
import { type Channel } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { checkRules, DEFAULT_RULES, type Rules } from './rules.js';

const { quiet, cap, daily } = DEFAULT_RULES;
const hour = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 0, maximum: 23, description });

/** Settings of dispatch that make the rules. */
export const ruleSettings = Type.Object({
  DISPATCH_DEFAULT_CONSENT: Type.Boolean({
    default: DEFAULT_RULES.consentByDefault,
    description: 'whether customers who have said nothing may be contacted; simulated decisions assume yes',
  }),
  DISPATCH_HOLD_OUT_SHARE: Type.Number({
    default: DEFAULT_RULES.holdOutShare,
    minimum: 0,
    maximum: 0.9,
    description: 'share of eligible customers who are left alone to measure the effect',
  }),
  DISPATCH_SALT: Type.String({
    default: DEFAULT_RULES.salt,
    minLength: 1,
    description: 'key of the draw; who has been drawn keeps their arm, whatever it is',
  }),
  DISPATCH_TIME_ZONE: Type.String({ default: DEFAULT_RULES.timeZone, description: "the shop's, e.g. Europe/London" }),
  DISPATCH_QUIET_FROM_HOUR: hour(quiet.fromHour, 'nothing is sent from this hour …'),
  DISPATCH_QUIET_UNTIL_HOUR: hour(quiet.untilHour, '… until this one; equal: no quiet hours'),
  DISPATCH_CAP_COUNT: Type.Integer({ default: cap.count, minimum: 0, description: 'most decisions per customer …' }),
  DISPATCH_CAP_DAYS: Type.Integer({ default: cap.days, minimum: 1, description: '… in so many days' }),
  DISPATCH_SILENCE_HOLD_SECONDS: Type.Integer({
    default: DEFAULT_RULES.silenceHoldSeconds,
    minimum: 0,
    description:
      'what follows from a crossing by silence is not sent for so long: within 240 s it is taken back where a source was out',
  }),
  DISPATCH_REST_DAYS: Type.Number({
    default: DEFAULT_RULES.restDays,
    minimum: 0,
    description: 'days after a decision without another, unless the customer comes back',
  }),
  DISPATCH_WINDOW_DAYS: Type.Number({
    default: DEFAULT_RULES.windowDays,
    minimum: 1,
    description: 'a decision is judged by the purchases of so many days',
  }),
  DISPATCH_BUDGET_MINOR: Type.Integer({
    default: daily.costMinor,
    minimum: 0,
    description: 'expected cost of coupons a day, minor units',
  }),
  DISPATCH_CAPACITY: Type.Integer({ default: daily.messages, minimum: 0, description: 'messages a day' }),
  DISPATCH_MARGIN_RATE: Type.Number({
    default: DEFAULT_RULES.marginRate,
    minimum: 0,
    maximum: 1,
    description: 'share of a price that is margin',
  }),
});

/** The rules that the settings make. Throws `RangeError`, e.g. for an unknown time zone. */
export const rulesOfSettings = (settings: Static<typeof ruleSettings>, channels: readonly Channel[]): Rules =>
  checkRules({
    salt: settings.DISPATCH_SALT,
    holdOutShare: settings.DISPATCH_HOLD_OUT_SHARE,
    timeZone: settings.DISPATCH_TIME_ZONE,
    quiet: { fromHour: settings.DISPATCH_QUIET_FROM_HOUR, untilHour: settings.DISPATCH_QUIET_UNTIL_HOUR },
    cap: { count: settings.DISPATCH_CAP_COUNT, days: settings.DISPATCH_CAP_DAYS },
    silenceHoldSeconds: settings.DISPATCH_SILENCE_HOLD_SECONDS,
    restDays: settings.DISPATCH_REST_DAYS,
    windowDays: settings.DISPATCH_WINDOW_DAYS,
    consentByDefault: settings.DISPATCH_DEFAULT_CONSENT,
    daily: { costMinor: settings.DISPATCH_BUDGET_MINOR, messages: settings.DISPATCH_CAPACITY },
    channels,
    marginRate: settings.DISPATCH_MARGIN_RATE,
  });

/** The channels that are set up. */
export const channelsOfSettings = (settings: {
  readonly SMTP_URL: string;
  readonly DISPATCH_WEBHOOK_URL: string;
}): Channel[] => [
  ...(settings.SMTP_URL === '' ? [] : (['email'] as const)),
  ...(settings.DISPATCH_WEBHOOK_URL === '' ? [] : (['webhook'] as const)),
];
