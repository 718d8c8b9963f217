// Rounds of upkeep, one after the other, and what metrics and readiness say of them.
import { Closing, plainMessage, type ServiceContext } from '@holdfast/service';
import { DAY, MINUTE } from '@holdfast/schemas';

import { TooSoon } from '@holdfast/training';

import { type Desk } from '../releases/desk.js';
import { readShelf } from '../releases/shelf.js';
import { lookAfter, type Round } from './look-after.js';
import { type UpkeepSettings } from './settings.js';

/** After a look that failed. */
const RETRY = 10 * MINUTE;

/** Looks at once, and then every so many days, until it is stopped. */
export class UpkeepWatch {
  #timer: NodeJS.Timeout | undefined;
  #closing = new Closing();
  #fault: string | null = null;
  #isStopped = false;

  /** `models`: folder of the releases. `open`: gives what it opens to `closing`. */
  constructor(
    private readonly context: ServiceContext,
    private readonly settings: UpkeepSettings,
    private readonly place: { readonly models: string; open(closing: Closing): Promise<Omit<Desk, 'shelf' | 'say'>> },
  ) {
    context.health.add('upkeep', () =>
      this.#fault === null ? Promise.resolve() : Promise.reject(new Error(this.#fault)),
    );
  }

  /** Resolves when the first look is over. */
  async start(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#round();
    if (this.#isStopped) return;
    const pause = this.#fault === null ? this.settings.UPKEEP_EVERY_DAYS * DAY : RETRY;
    this.#timer = setTimeout(() => void this.start(), pause);
  }

  /** What goes on is broken off: a promotion that was cut short is finished by the next look that may act, or by `npm run releases`. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#closing.run();
  }

  async #round(): Promise<void> {
    const { context } = this;
    const { models } = this.place;
    try {
      const shelf = await readShelf(models);
      const place = await this.place.open(this.#closing);
      const say = (text: string) => context.logger.info(text);
      const { UPKEEP_ACT: act, UPKEEP_SHARED: isShared } = this.settings;
      this.#show(await lookAfter({ data: 'log', layout: undefined, models, act, isShared }, { ...place, shelf, say }));
      this.#fault = null;
    } catch (error) {
      if (this.#isStopped) return;
      if (error instanceof TooSoon) {
        this.#fault = null;
        context.logger.info(error.message);
        return;
      }
      this.#fault = plainMessage(error);
      context.logger.error({ err: error }, 'the model could not be looked at');
    } finally {
      await this.#closing.run();
    }
  }

  #show({ champion, inspection: { cohorts, drift, signs } }: Round): void {
    const { modelObservedOverExpected, modelLogloss, modelEce, modelDrift, modelSigns, modelLookedAt } =
      this.context.metrics;
    const labels = { release: champion.slice(0, 12) };
    for (const gauge of [modelObservedOverExpected, modelLogloss, modelEce, modelDrift, modelSigns, modelLookedAt])
      gauge.reset(); // of another release
    const { observedOverExpected, metrics } = cohorts.at(-1)!;
    modelObservedOverExpected.set(labels, observedOverExpected.value);
    modelLogloss.set(labels, metrics.logloss.value);
    modelEce.set(labels, metrics.ece.value);
    if (drift) modelDrift.set(labels, drift.risk.index);
    modelSigns.set(labels, signs.length);
    modelLookedAt.set(labels, Date.now() / 1_000);
  }
}
