// Rounds of upkeep, one after the other, and what metrics and readiness say of them.
import { plainMessage, type ServiceContext } from '@holdfast/service';
import { DAY, MINUTE } from '@holdfast/schemas';
import { TooSoon } from '@holdfast/training';

import { type Round } from './look-after.js';
import { type UpkeepSettings } from './settings.js';

/** After a look that failed. */
const RETRY = 10 * MINUTE;

/** One look; rejects with {@link TooSoon}, with an error, or when `signal` breaks it off. */
export type Look = (say: (line: string) => void, signal: AbortSignal) => Promise<Round>;

/** Looks at once, and then every so many days, until it is stopped. */
export class UpkeepWatch {
  #timer: NodeJS.Timeout | undefined;
  #going: Promise<void> = Promise.resolve();
  #fault: string | null = null;
  readonly #stopping = new AbortController();

  constructor(
    private readonly context: ServiceContext,
    private readonly settings: Pick<UpkeepSettings, 'UPKEEP_EVERY_DAYS'>,
    private readonly look: Look,
  ) {
    context.health.add('upkeep', () =>
      this.#fault === null ? Promise.resolve() : Promise.reject(new Error(this.#fault)),
    );
  }

  /** Resolves when the first look is over. */
  async start(): Promise<void> {
    clearTimeout(this.#timer);
    await (this.#going = this.#round());
    if (this.#stopping.signal.aborted) return;
    const pause = this.#fault === null ? this.settings.UPKEEP_EVERY_DAYS * DAY : RETRY;
    this.#timer = setTimeout(() => void this.start(), pause);
  }

  /** What goes on is broken off: a promotion that was cut short is finished by the next look that may act, or by `npm run releases`. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#going;
  }

  async #round(): Promise<void> {
    const { context } = this;
    const { signal } = this.#stopping;
    try {
      this.#show(await this.look((text) => context.logger.info(text.trim()), signal));
      this.#fault = null;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof TooSoon) {
        this.#fault = null;
        context.logger.info(error.message);
        return;
      }
      this.#fault = plainMessage(error);
      context.logger.error({ err: error }, 'the model could not be looked at');
    }
  }

  #show({ champion, inspection: { cohorts, drift, isBlind, signs } }: Round): void {
    const { modelObservedOverExpected, modelLogloss, modelEce, modelDrift, modelSigns, modelLookedAt } =
      this.context.metrics;
    const labels = { release: champion.slice(0, 12) };
    for (const gauge of [modelObservedOverExpected, modelLogloss, modelEce, modelDrift, modelSigns, modelLookedAt])
      gauge.reset(); // of another release
    const { observedOverExpected, metrics } = cohorts.at(-1)!;
    if (!isBlind) {
      modelObservedOverExpected.set(labels, observedOverExpected.value);
      modelLogloss.set(labels, metrics.logloss.value);
      modelEce.set(labels, metrics.ece.value);
    }
    if (drift) modelDrift.set(labels, drift.risk.index);
    modelSigns.set(labels, signs.length);
    modelLookedAt.set(labels, Date.now() / 1_000);
  }
}
