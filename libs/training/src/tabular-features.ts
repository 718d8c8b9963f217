// The features of the tabular methods, at any moment: reference/protocol.md §4, word for word, so that their results can be held against
// those of other libraries. Durations in u-days (H is always 90 of them), values in major units of the base currency.
import { DAY, type EventType, isActivity, type Millis } from '@holdfast/schemas';

import { type History } from './history.js';

/** Which features there are. */
export interface TabularScheme {
  readonly horizonDays: number;
  /** Types besides purchases; none: nothing but purchases counts. */
  readonly types: readonly EventType[];
}

const WINDOWS = [15, 30, 60, 90, 180, 360] as const;
const VALUE_WINDOWS = [30, 90, 180, 360] as const;
/** What is known of purchases, in order. */
export const PURCHASE_FEATURES = [
  'rec', 'age', 'n', 'sumV', 'meanV', 'lastV', 'meanI', 'lastI', 'gapMean', 'gapSd', 'gapMax', 'gapLast', 'gapEwma',
  'recOverMean', 'recOverMax', 'rate', 'span', ...WINDOWS.map((days) => `n${days}` as const),
  ...VALUE_WINDOWS.map((days) => `v${days}` as const), 'trend', 'one',
] as const; // prettier-ignore
export type PurchaseFeature = (typeof PURCHASE_FEATURES)[number];
const NEVER = 360;

/** Column of a feature that every scheme has. */
export const COLUMN = Object.fromEntries(PURCHASE_FEATURES.map((name, i) => [name, i])) as Record<
  PurchaseFeature,
  number
>;

/** Names of all columns, in order. */
export const tabularNames = ({ types }: TabularScheme): readonly string[] =>
  types.length === 0
    ? PURCHASE_FEATURES
    : [
        ...PURCHASE_FEATURES,
        ...['evRec', 'evN', 'ev30'],
        ...types.flatMap((type) => ['N', '30', '90', 'Rec', 'V'].map((name) => `${type}${name}`)),
      ];

/** Types besides purchases with which customers act, of the events known before `until`. */
export function otherTypes(histories: readonly History[], until: Millis): EventType[] {
  const types = new Set<EventType>();
  for (const { moments } of histories)
    for (const { at, event } of moments) if (at < until && isActivity(event.type)) types.add(event.type);
  types.delete('purchase');
  return [...types].sort();
}

/**
 * The features at `at` of what was known after moment number `index`: what comes later changes nothing. Written to
 * `out[offset … offset + columns)`. At least one purchase must be known.
 */
export function tabularAt(
  { history, index, at }: { readonly history: History; readonly index: number; readonly at: Millis },
  scheme: TabularScheme,
  out: Float32Array,
  offset: number,
): void {
  const unit = (scheme.horizonDays / 90) * DAY;
  const known = history.moments.slice(0, index + 1).map(({ event }) => event);
  const ago = (time: Millis) => (at - time) / unit;
  const bought = known.filter(({ type }) => type === 'purchase').sort((a, b) => a.at - b.at);
  const times = bought.map((event) => ago(event.at)); // falling
  const values = bought.map(({ value }) => value);
  let i = offset;
  for (const feature of purchaseFeatures(times, values, bought)) out[i++] = feature;
  if (scheme.types.length === 0) return;
  const acts = known.filter(({ type }) => isActivity(type));
  out[i++] = least(acts.map((event) => ago(event.at)));
  out[i++] = acts.length;
  out[i++] = acts.filter((event) => ago(event.at) <= 30).length;
  for (const type of scheme.types) {
    const ofType = acts.filter((event) => event.type === type);
    out[i++] = ofType.length;
    out[i++] = ofType.filter((event) => ago(event.at) <= 30).length;
    out[i++] = ofType.filter((event) => ago(event.at) <= 90).length;
    out[i++] = Math.min(NEVER, least(ofType.map((event) => ago(event.at))));
    out[i++] = sum(ofType.map(({ value }) => value));
  }
}

/** In the order of {@link PURCHASE_FEATURES}. */
function purchaseFeatures(
  times: readonly number[],
  values: readonly number[],
  bought: readonly { readonly items: number }[],
): number[] {
  const n = times.length;
  const [first, rec] = [times[0]!, times.at(-1)!];
  const gaps = times.slice(1).map((time, k) => times[k]! - time);
  const spent = sum(values);
  const gapMean = n > 1 ? (first - rec) / (n - 1) : first + 30;
  const gapMax = n > 1 ? gaps.reduce((a, b) => Math.max(a, b)) : 0;
  const within = (days: number) => times.filter((time) => time <= days).length;
  const spentWithin = (days: number) => sum(values.filter((_, k) => times[k]! <= days));
  return [
    rec,
    first,
    n,
    spent,
    spent / n,
    values.at(-1)!,
    sum(bought.map(({ items }) => items)) / n,
    bought.at(-1)!.items,
    gapMean,
    n > 2 ? Math.sqrt(Math.max(0, sum(gaps.map((gap) => gap * gap)) / gaps.length - gapMean * gapMean)) : 0,
    gapMax,
    gaps.at(-1) ?? 0,
    gaps.length === 0 ? 0 : gaps.reduce((old, gap) => 0.6 * old + 0.4 * gap),
    rec / (gapMean + 1),
    n > 1 ? rec / (gapMax + 1) : rec / 30,
    n / (first + 30),
    first - rec,
    ...WINDOWS.map(within),
    ...VALUE_WINDOWS.map(spentWithin),
    within(90) / (within(180) + 1),
    n === 1 ? 1 : 0,
  ];
}

/** Not by spreading: a customer may have very many events. */
const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
