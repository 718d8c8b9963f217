// From some shops to a prior.
import { setImmediate } from 'node:timers/promises';

import { type Artifact } from '@holdfast/model';
import { fitPrior, type GivenPrior, type Steering } from '@holdfast/training';

import { type PreparedTask } from '../evaluate/prepare-task.js';
import { type PriorOptions } from './options.js';
import { atMost, readShop, type ShopPlan } from './shops.js';

/** How it is steered and heard from. */
export interface PriorContext {
  /** Aborted: leave. */
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** Thrown out of what is going on when it is to be left. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Lets Ctrl-C in. Throws {@link Interrupted}. */
export async function look(signal: AbortSignal): Promise<void> {
  await setImmediate();
  if (signal.aborted) throw new Interrupted();
}

/** A fit that is left as soon as it is to be. */
export const steeredBy = (signal: AbortSignal): Required<Pick<Steering, 'onTeaching' | 'onProgress'>> => ({
  onTeaching: () => look(signal),
  onProgress: () => look(signal),
});

/** A prior of these shops, and what it has learnt from. Throws {@link Interrupted}. */
export async function priorFrom(
  plans: readonly ShopPlan[],
  { customers, seed, epochs, teacher }: Pick<PriorOptions, 'customers' | 'seed' | 'epochs' | 'teacher'>,
  { signal, say }: PriorContext,
): Promise<{ readonly artifact: Artifact; readonly shops: GivenPrior['shops'] }> {
  const tasks: PreparedTask['task'][] = [];
  const shops: { name: string; dataHash: string }[] = [];
  for (const plan of plans) {
    say(`Prior: reading ${plan.name} …`);
    const read = await readShop(plan);
    tasks.push(atMost(read, customers, seed));
    shops.push({ name: plan.name, dataHash: read.facts.hash });
    await look(signal);
  }
  let told = 0;
  const { artifact, fitted } = await fitPrior(tasks, {
    ...{ seed, epochs, ...(!teacher && { teachers: [] }) },
    async onTeaching(shop, done, of) {
      if (done === 0) say(`Prior: a teacher for ${shops[shop]!.name}, of ${of} fits …`);
      await look(signal);
    },
    async onProgress({ epoch, validation }) {
      if (epoch > told)
        say(`Prior: epoch ${epoch}${validation === null ? '' : `, log-loss so far ${validation.toFixed(4)}`}`);
      told = epoch;
      await look(signal);
    },
  });
  say(`Prior: epoch ${fitted.epoch} of ${fitted.epochsRun}, log-loss ${fitted.validation.toFixed(4)}`);
  return { artifact, shops };
}
