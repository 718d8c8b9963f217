// Ingest as a Nest module: opens its way into the log, registers the routes, ticks.
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { BEHAVIOR_EVENTS } from '@holdfast/schemas';
import { type ServiceContext } from '@holdfast/service';
import { type Resources } from '@holdfast/stream';
import { type FastifyInstance } from 'fastify';

import { httpApi } from './http-api.js';
import { Intake } from './intake.js';
import { LiveClock, REAL_TIME, type TimeSource } from './live-clock.js';
import { LogClock } from './log-clock.js';
import { LogWriter } from './log-writer.js';
import { parseRates } from './rates.js';
import { type IngestSettings } from './settings.js';
import { Ticker } from './ticker.js';
import { WriteKeys } from './write-keys.js';

const GIVEN = Symbol('what ingest is given');

interface Given {
  readonly context: ServiceContext;
  readonly resources: Resources;
  readonly settings: IngestSettings;
  readonly time: TimeSource;
}

/** The running parts of ingest. */
@Injectable()
export class Ingest implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly writer: LogWriter;
  readonly clock: LogClock;
  readonly ticker: Ticker;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(GIVEN) private readonly given: Given,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {
    const { context, resources, settings, time } = given;
    this.writer = new LogWriter(resources.broker, {
      ackTimeoutMs: settings.INGEST_ACK_TIMEOUT_MS,
      monotonic: () => time.monotonic(),
      onChange: (isAvailable, cause) =>
        isAvailable
          ? context.logger.info('the log takes records again')
          : context.logger.warn({ err: cause }, 'the log does not take records: answering 503'),
    });
    this.clock = new LogClock(resources.database, new LiveClock(time));
    this.ticker = new Ticker(resources.broker, this.writer, this.clock, settings.INGEST_CANARY);
    context.health.add('event log', async () => {
      if (!this.writer.isAvailable) throw new Error('The event log does not take records.');
    });
  }

  async onModuleInit(): Promise<void> {
    const { context, resources, settings } = this.given;
    await this.clock.open();
    await this.writer.open();
    const intake = new Intake(this.clock, this.writer, context.metrics, {
      keys: WriteKeys.parse(settings.INGEST_WRITE_KEYS),
      rates: parseRates(settings.INGEST_RATES, settings.INGEST_CURRENCY),
      partitions: await resources.broker.partitions(BEHAVIOR_EVENTS.name),
      maxInFlightBytes: settings.INGEST_MAX_IN_FLIGHT_BYTES,
    });
    await this.host.httpAdapter
      .getInstance<FastifyInstance>()
      .register(httpApi(intake, (error) => context.logger.error({ err: error }, 'a request failed')));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.ticker.join();
    this.#timer = setInterval(() => void this.#beat(), this.given.settings.INGEST_TICK_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.ticker.leave();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.writer.close();
  }

  async #beat(): Promise<void> {
    try {
      await this.ticker.beat();
      this.given.context.metrics.partitionsOwned.set({ stage: 'ingest' }, this.ticker.owned);
    } catch (error) {
      this.given.context.logger.warn({ err: error }, 'could not tick; trying again');
    }
  }
}

/** See {@link Ingest}. */
@Module({})
export class IngestModule {
  /** `time`: where the live clock gets its time from; default: the real clocks. */
  static register(
    context: ServiceContext,
    resources: Resources,
    settings: IngestSettings,
    time: TimeSource = REAL_TIME,
  ): DynamicModule {
    const given: Given = { context, resources, settings, time };
    return { module: IngestModule, providers: [{ provide: GIVEN, useValue: given }, Ingest], exports: [Ingest] };
  }
}
