// Nest transport over the runner: a stream service is started and stopped like any other microservice.
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { PostgresCheckpointStore } from '@holdfast/postgres';

import { groupOf } from './group-name.js';
import { GroupRunner } from './group-runner.js';
import { findLogIds } from './log-ids.js';
import { type StreamObserver } from './observer.js';
import { type RunMaker } from './partition.js';
import { type Resources } from './resources.js';
import { DEFAULT_STREAM_SETTINGS, type StreamSettings } from './settings.js';
import { SinkRun } from './sink-run.js';
import { type Sink, type Task } from './task.js';
import { TaskRun } from './task-run.js';
import { systemTimer } from './timer.js';

/** What to run. */
export interface StreamOptions extends Resources {
  readonly tasks?: readonly Task<unknown, unknown, unknown, unknown>[];
  readonly sinks?: readonly Sink<unknown>[];
  /** Consumer group of a task or sink; default `holdfast.<name>`. */
  readonly group?: (name: string) => string;
  readonly settings?: Partial<StreamSettings>;
  readonly observer?: StreamObserver;
}

const GONE_BACK =
  'The database is an old backup: it stands lower than this process has seen it. Restore a newer one, or go on from it with ' +
  '`npm run rewind`, and start this process anew.';

type Events = Record<string, (...values: unknown[]) => void>;

/** `app.connectMicroservice({ strategy: new StreamTransport({ … }) })`. */
export class StreamTransport extends Server<Events> implements CustomTransportStrategy {
  private runners: readonly GroupRunner[] = [];
  private starting: Promise<void> | undefined;
  private store: PostgresCheckpointStore | undefined;

  constructor(private readonly options: StreamOptions) {
    super();
  }

  /** Starts the runners. Calls back when they have joined their groups, with the error when they never can. */
  listen(callback: (error?: unknown) => void): void {
    this.starting = this.start();
    this.starting.then(() => callback(), callback);
  }

  /** Stops gracefully: checkpoint, leave. */
  async close(): Promise<void> {
    await Promise.all(this.runners.map((runner) => runner.stop()));
    await this.starting?.catch(() => undefined);
  }

  /** Resolves when partitions are assigned and restored, and broker and database answer; else throws a sentence. */
  async readiness(): Promise<void> {
    if (this.runners.length === 0) throw new Error('The stream services have not been started yet.');
    for (const runner of this.runners) {
      const complaint = runner.complaint();
      if (complaint) throw new Error(complaint);
    }
    await this.options.broker.ping();
    await this.options.database.ping();
    // Each partition notices when it next asks something of the database; where nothing moves that may take long.
    if (!(await this.store!.isCurrent())) throw new Error(GONE_BACK);
  }

  /**
   * Partitions of which a stage's part of the database may be acted on: this process works on them, and the database has not gone back
   * to an older backup since. What such a one holds may have been dealt with long ago.
   */
  async workingOn(stage: string): Promise<readonly number[]> {
    const partitions = this.runners.find(({ name }) => name === stage)?.workingOn ?? [];
    return partitions.length > 0 && (await this.store!.isCurrent()) ? partitions : [];
  }

  on(): void {}

  unwrap<T>(): T {
    return this.runners as T;
  }

  private async start(): Promise<void> {
    const { broker, database, observer = {}, group = groupOf, probe } = this.options;
    const tasks = (this.options.tasks ?? []).map((task) => probe?.task?.(task) ?? task);
    const sinks = (this.options.sinks ?? []).map((sink) => probe?.sink?.(sink) ?? sink);
    const logIds = await findLogIds({ broker, database }, [...tasks, ...sinks]);
    const store = (this.store = new PostgresCheckpointStore(database, ({ task, partition }) =>
      probe?.reached?.('inside', task, partition),
    ));
    const real = { broker, store, timer: systemTimer };
    const ports = probe?.ports?.(real) ?? real;
    const settings = { ...DEFAULT_STREAM_SETTINGS, ...this.options.settings };
    const runner = (stage: Task<unknown, unknown, unknown, unknown> | Sink<unknown>, makeRun: RunMaker) =>
      new GroupRunner({
        ...ports,
        ...{ settings, observer, makeRun, probe },
        name: stage.name,
        group: group(stage.name),
        topic: stage.input.name,
        logId: logIds.get(stage.input.name)!,
        forgets: 'messageId' in stage,
      });
    this.runners = [
      ...tasks.map((task) => runner(task, (context, opened, producer) => new TaskRun(task, context, opened, producer))),
      ...sinks.map((sink) => runner(sink, (context, opened) => new SinkRun(sink, context, opened))),
    ];
    await Promise.all(this.runners.map((each) => each.start()));
  }
}
