// One training, from the command line to the files.
import { mkdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';

import { isYoung, type Release, TooFew, trainRelease } from '@holdfast/training';

import { startBackend } from './backend.js';
import { writeFirstDay } from './first-day.js';
import { type TrainerOptions } from './options.js';
import { planFor } from './plan.js';
import { readPrior } from './prior/prior-file.js';
import { openProgressBar } from './progress-bar.js';
import { readData } from './read-data.js';
import { passedOverText, type ReadHistory } from './read-history.js';
import { findRelease, readShelf, servable, type Shelved } from './releases/shelf.js';
import { type TrainerSettings } from './settings.js';
import { writeRelease } from './write-release.js';

/** How a training is steered and heard from. */
export interface TrainingContext {
  readonly settings: TrainerSettings;
  /** Aborted: finish now, keep the best so far. */
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** Trains and writes the release; returns its hash. */
export async function train(options: TrainerOptions, { settings, signal, say }: TrainingContext): Promise<string> {
  await mkdir(options.out, { recursive: true }); // rather now than when there is a network to be lost
  await startBackend(settings.TRAINER_BACKEND);
  say(`Reading ${options.data} …`);
  const { read, layout } = await readData(options, settings.KAFKA_BROKERS);
  say(`${read.facts.events} events of ${read.facts.customers} customers.`);
  for (const sentence of passedOverText(read.passedOver)) say(sentence);
  const from = options.from === undefined ? null : findRelease(await readShelf(options.out), options.from);
  const { hash, report } = await learn(read, layout, { options, from, signal, say }).then(
    (release) => writeRelease(release, options.out),
    async (error: unknown) => {
      const isFirstDay = error instanceof TooFew && !from && isYoung(read.histories, read.facts.from, read.facts.until);
      const prior = isFirstDay && options.prior !== null ? await readPrior(options.prior) : null;
      if (!prior) throw error;
      return writeFirstDay(read, { ...options, prior, reason: (error as TooFew).message });
    },
  );
  say('');
  say(report);
  say(`Release ${hash} is in ${options.out}.`);
  return hash;
}

interface Lesson extends Omit<TrainingContext, 'settings'> {
  readonly options: TrainerOptions;
  /** What it goes on from. */
  readonly from: Shelved | null;
}

/** Throws {@link TooFew} where there is too little to learn from. */
async function learn(
  read: ReadHistory,
  layout: string | null,
  { options, from, signal, say }: Lesson,
): Promise<Release> {
  const plan = planFor(read, layout, options.horizonDays ?? (from ? servable(from).horizonDays : undefined));
  say(`Churn: no purchase within ${plan.horizonDays} days. Training …`);
  const bar = openProgressBar(options.epochs);
  return trainRelease(
    {
      ...plan,
      histories: read.histories,
      seed: options.seed,
      epochs: options.epochs,
      ...(!options.teacher && { teachers: [] }),
      ...(from && { from: servable(from), fromHash: from.hash }),
      ...(options.prior !== null && { prior: () => readPrior(options.prior!) }),
      async onTeaching(done, of) {
        bar.teaching(done, of);
        await setImmediate(); // lets Ctrl-C in
      },
      async onProgress(progress) {
        bar.training(progress);
        await setImmediate(); // lets Ctrl-C in
      },
      shouldStop: () => signal.aborted,
    },
    read.facts,
  ).finally(() => bar.stop());
}
