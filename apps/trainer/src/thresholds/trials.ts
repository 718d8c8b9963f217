// What was asked for, tried on the newest past whose outcomes are known.
import { type Artifact } from '@holdfast/model';
import { DAY } from '@holdfast/schemas';
import {
  alertStream,
  type AlertStream,
  atRiskAt,
  enough,
  fullest,
  type History,
  lowestHolding,
  mostProfitable,
  servedLogits,
  type Tried,
  tryAll,
  tryOne,
} from '@holdfast/training';

import { type ThresholdOptions } from './options.js';

/** One line of the answer. `tried`: null where no threshold does what was asked for. */
export interface Trial {
  readonly tier: 'medium' | 'high';
  readonly name: string;
  readonly tried: Tried | null;
}

/** Throws `RangeError` where too little is known. */
export function newestStream(
  artifact: Artifact,
  histories: readonly History[],
  known: { readonly from: number; readonly until: number },
): AlertStream {
  const horizon = artifact.horizonDays * DAY;
  const period = { from: known.until - 2 * horizon, until: known.until - horizon };
  const stream = alertStream(artifact, histories, period);
  if (period.from >= known.from && stream.atRisk >= 1) return stream;
  throw new RangeError(
    `Alerts of ${artifact.horizonDays} days can be judged ${artifact.horizonDays} days later: the data must go on for ` +
      `${2 * artifact.horizonDays} days at least, and hold customers who bought.`,
  );
}

export function trialsOf(
  { whatIf, precision, capacity, profit }: ThresholdOptions,
  artifact: Artifact,
  { stream, histories }: { readonly stream: AlertStream; readonly histories: readonly History[] },
): Trial[] {
  const population = atRiskAt(histories, stream.period.until, artifact);
  const tried = tryAll(artifact, stream, servedLogits(artifact, population));
  const tiers = ['high', 'medium'] as const;
  const trial = (tier: Trial['tier'], name: string, risk: number): Trial => ({
    tier,
    name,
    tried: tryOne(artifact, stream, risk),
  });
  const found = (name: string, one: Tried | null): Trial => ({ tier: 'high', name, tried: one });
  return [
    ...tiers.map((tier) => trial(tier, 'now', artifact.thresholds[tier])),
    ...tiers.flatMap((tier) => (whatIf?.[tier] === undefined ? [] : [trial(tier, 'what if', whatIf[tier])])),
    ...(precision === null
      ? []
      : [found(`right ${percent(precision)} of the time`, lowestHolding(enough(tried), precision))]),
    ...(capacity === null ? [] : [found(`at most ${capacity} a week`, fullest(tried, capacity))]),
    ...(profit === null ? [] : [found('earns most', mostProfitable(tried, profit))]),
  ];
}

const percent = (value: number): string => `${Number((100 * value).toFixed(1))} %`;
