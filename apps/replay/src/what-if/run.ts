// `npm run replay -- --what-if …`
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { channelsOfSettings, ruleSettings, rulesOfSettings } from '@holdfast/policy';
import { toIso } from '@holdfast/schemas';
import { Closing, placeSettings, readSettings } from '@holdfast/service';
import { openPlace, type Resources } from '@holdfast/stream';
import { openModels } from '@holdfast/tasks';
import { Type } from '@sinclair/typebox';

import { ReplayRefused } from '../refusal.js';
import { type BothWays, liveBothWays, type Way } from './both-ways.js';
import { type Difference, differencesOf } from './differences.js';
import { HELP, readWhatIfOptions, type WhatIfOptions } from './options.js';
import { findRelease, otherwise, readThresholds } from './proposal.js';
import { differenceText } from './texts.js';

const settings = Type.Composite([
  placeSettings,
  ruleSettings,
  Type.Object({
    SCORING_MODELS_DIR: Type.Optional(Type.String()),
    SMTP_URL: Type.String({ default: '' }),
    DISPATCH_WEBHOOK_URL: Type.String({ default: '' }),
  }),
]);

export interface Tell {
  say(text: string): void;
  progress(text: string): void;
}

export async function whatIf(args: readonly string[], { say, progress }: Tell, signal: AbortSignal): Promise<void> {
  const given = readSettings(settings, process.env);
  const options = readWhatIfOptions(args, join(import.meta.dirname, '..', '..', '..', '..'), given.SCORING_MODELS_DIR);
  if (options === null) return say(HELP);
  const closing = new Closing();
  try {
    const thresholds = await readThresholds(options.thresholds);
    const model = options.model === null ? null : await findRelease(options.modelsDir, options.model);
    const place: Resources = await openPlace({ name: 'what-if', settings: given, dataDir: options.dataDir }, closing);
    const was = openModels(options.modelsDir);
    const other = otherwise(was, thresholds, model);
    const both = await liveBothWays(place, {
      ...{ was, whatIf: other, signal },
      rules: rulesOfSettings(given, channelsOfSettings(given)),
      onProgress: (done, partitions) => progress(`${done} of ${partitions} partitions`),
    });
    progress('');
    if (both.span === null || both.lastRelease === null)
      throw new ReplayRefused('The log holds no event that was judged by a release: there is nothing to compare.');
    const period = { from: Math.max(options.from, both.span.from), until: Math.min(options.until, both.span.until) };
    const told = { ...both, was: within(both.was, options), whatIf: within(both.whatIf, options) };
    const differences = differencesOf(both.was.crossed, both.whatIf.crossed).filter(isWithin(options));
    const judges = { was: was.get(both.lastRelease), whatIf: other.get(both.lastRelease) };
    say(differenceText(told, judges, { period, differences }));
    if (options.json !== null) {
      await writeFile(options.json, jsonOf(told, differences, thresholds));
      say(`\nAll that differs is in ${options.json}.`);
    }
  } finally {
    await closing.run();
  }
}

type Period = Pick<WhatIfOptions, 'from' | 'until'>;

const within = ({ crossed, decided }: Way, { from, until }: Period): Way => ({
  crossed: crossed.filter(({ at }) => at >= from && at < until),
  decided: decided.filter(({ at }) => at >= from && at < until),
});

const isWithin =
  ({ from, until }: Period) =>
  ({ was, whatIf: other }: Difference): boolean =>
    [was, other].some((at) => at !== null && at >= from && at < until);

function jsonOf({ was, whatIf: other }: BothWays, differences: readonly Difference[], thresholds: object): string {
  const iso = (at: number | null) => (at === null ? null : toIso(at));
  const counts = ({ crossed, decided }: Way) => ({
    crossings: crossed.length,
    decisions: decided.filter(({ arm }) => arm !== null).length,
  });
  const different = differences.filter((one) => one.was !== one.whatIf);
  const crossings = different.map((one) => ({ ...one, was: iso(one.was), whatIf: iso(one.whatIf) }));
  return `${JSON.stringify({ thresholds, was: counts(was), whatIf: counts(other), crossings }, null, 2)}\n`;
}
