// What was asked for, tried on the newest past whose outcomes are known.
import { type Artifact } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';
import {
  alertStream,
  type AlertStream,
  atRiskAt,
  fullest,
  type History,
  lowestPrecise,
  mostProfitable,
  servedLogits,
  type Tried,
  tryAll,
  tryOne,
} from '@holdfast/training';

import { type ThresholdOptions } from './options.js';

/** Name of the lines of the release itself. */
export const NOW = 'now';
/** Of the ones that were named. */
export const WHAT_IF = 'what if';

/** One line of the answer. `tried`: null where no threshold does what was asked for. */
export interface Trial {
  readonly tier: 'medium' | 'high';
  readonly name: string;
  readonly tried: Tried | null;
}

/** Two periods of H days, one after the other, whose outcomes are known. */
export interface Past {
  /** Rules choose here; null: the data do not go back so far. */
  readonly before: AlertStream | null;
  /** All is told of this. */
  readonly newest: AlertStream;
}

/** Throws `RangeError` where too little is known. */
export function pastOf(
  artifact: Artifact,
  histories: readonly History[],
  known: { readonly from: number; readonly until: number },
): Past {
  const horizon = artifact.horizonDays * DAY;
  const streamUntil = (until: number): AlertStream | null => {
    const period = { from: until - horizon, until };
    const stream = period.from < known.from ? null : alertStream(artifact, histories, period);
    return stream && stream.atRisk >= 1 ? stream : null;
  };
  const newest = streamUntil(known.until - horizon);
  if (newest) return { newest, before: streamUntil(known.until - 2 * horizon) };
  throw new RangeError(
    `Alerts of ${artifact.horizonDays} days can be judged ${artifact.horizonDays} days later: the data must go on for ` +
      `${2 * artifact.horizonDays} days at least, and hold customers who bought.`,
  );
}

export function trialsOf(
  { whatIf, precision, capacity, profit }: ThresholdOptions,
  artifact: Artifact,
  { past, histories }: { readonly past: Past; readonly histories: readonly History[] },
): Trial[] {
  const { newest, before } = past;
  const stream = before ?? newest;
  const population = atRiskAt(histories, stream.period.until, artifact);
  const candidates = tryAll(artifact, stream, servedLogits(artifact, population));
  const tiers = ['high', 'medium'] as const;
  const trial = (tier: Trial['tier'], name: string, risk: number | undefined): Trial => ({
    tier,
    name,
    tried: risk === undefined ? null : tryOne(artifact, newest, risk),
  });
  return [
    ...tiers.map((tier) => trial(tier, NOW, artifact.thresholds[tier])),
    ...tiers.flatMap((tier) => (whatIf?.[tier] === undefined ? [] : [trial(tier, WHAT_IF, whatIf[tier])])),
    ...(precision === null
      ? []
      : [trial('high', `right ${percent(precision)} of the time`, lowestPrecise(candidates, precision)?.risk)]),
    ...(capacity === null
      ? []
      : [trial('high', `at most ${capacity} per 1,000 a week`, fullest(candidates, capacity)?.risk)]),
    ...(profit === null ? [] : [trial('high', 'earns most', mostProfitable(candidates, profit)?.risk)]),
  ];
}

const percent = (value: number): string => `${Number((100 * value).toFixed(1))} %`;
