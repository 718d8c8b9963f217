// Nest transport over the runner: a stream service is started and stopped like any other microservice.
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';

import { type StreamObserver } from './observer.js';
import { type Resources } from './resources.js';
import { type StreamSettings } from './settings.js';
import { type Sink, type Task } from './task.js';

/** What to run. */
export interface StreamOptions extends Resources {
  readonly tasks?: readonly Task<unknown, unknown, unknown, unknown>[];
  readonly sinks?: readonly Sink<unknown>[];
  /** Consumer group of a task or sink; default `holdfast.<name>`. */
  readonly group?: (name: string) => string;
  readonly settings?: Partial<StreamSettings>;
  readonly observer?: StreamObserver;
}

type Events = Record<string, (...values: unknown[]) => void>;

/** `app.connectMicroservice({ strategy: new StreamTransport({ … }) })`. */
export class StreamTransport extends Server<Events> implements CustomTransportStrategy {
  constructor(private readonly options: StreamOptions) {
    super();
  }

  /** Starts the runners. Calls back when they have joined their groups, with the error when they could not. */
  listen(_callback: (error?: unknown) => void): void {
    throw new Error('not yet');
  }

  /** Stops gracefully: checkpoint, leave. */
  async close(): Promise<void> {}

  /** Resolves when partitions are assigned and restored, and broker and database answer; else throws a sentence. */
  async readiness(): Promise<void> {
    throw new Error('not yet');
  }

  on(): void {}

  unwrap<T>(): T {
    return this.options as T;
  }
}
