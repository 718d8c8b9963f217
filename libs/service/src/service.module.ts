// /healthz (the process lives), /readyz (it can do its work) and /metrics (Prometheus) of the services of one process.
import { Controller, type DynamicModule, Get, Header, Inject, Module } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { AggregatorRegistry, Registry } from 'prom-client';

import { type ServiceContext } from './context.js';

const CONTEXTS = Symbol('service contexts');

@Controller()
class ServiceController {
  constructor(
    @Inject(CONTEXTS) private readonly contexts: readonly ServiceContext[],
    @Inject(HealthCheckService) private readonly terminus: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
  ) {}

  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  @Get('readyz')
  ready() {
    const checks = this.contexts.flatMap(({ name, health }) =>
      [...health.checks].map(
        ([check, run]) =>
          () =>
            this.indicate(`${name}.${check}`, run),
      ),
    );
    return this.terminus.check(checks);
  }

  @Get('metrics')
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  async metrics(): Promise<string> {
    // Registries of one process hold metrics of the same names, told apart by the label `service`.
    const all = await Promise.all(this.contexts.map(({ metrics }) => metrics.register.getMetricsAsJSON()));
    return AggregatorRegistry.aggregate(all).metrics();
  }

  private async indicate(name: string, run: () => Promise<void>) {
    const indicator = this.indicators.check(name);
    try {
      await run();
      return indicator.up();
    } catch (error) {
      return indicator.down((error as Error).message);
    }
  }
}

@Module({})
export class ServiceModule {
  /** `contexts`: all services of this process. */
  static register(contexts: readonly ServiceContext[]): DynamicModule {
    return {
      module: ServiceModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [ServiceController],
      providers: [{ provide: CONTEXTS, useValue: contexts }],
    };
  }
}
