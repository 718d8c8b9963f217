// All service processes of a scenario.
import { type Child, type Ending } from './child.js';
import { Replica, type Service, SERVICES } from './replica.js';

export interface FleetOptions {
  /** Processes a service. */
  readonly replicas: Readonly<Record<Service, number>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (replica: Replica, line: string) => void;
  readonly onMessage: (replica: Replica, message: unknown) => void;
  readonly onUnexpectedEnd: (replica: Replica, ending: Ending) => void;
}

export class Fleet {
  readonly #replicas: Replica[] = [];
  #changes: Readonly<Record<string, string>> = {};

  constructor(private readonly options: FleetOptions) {
    for (const service of SERVICES) for (let n = 0; n < options.replicas[service]; n++) this.add(service);
  }

  /** Another process of a service; not started yet. */
  add(service: Service, environment: Readonly<Record<string, string>> = {}): Replica {
    const { onLine, onMessage, onUnexpectedEnd } = this.options;
    const replica: Replica = new Replica({
      service,
      index: this.of(service).length,
      environment: () => ({ ...this.options.environment, ...this.#changes, ...environment }),
      onLine: (line) => onLine(replica, line),
      onMessage: (message) => onMessage(replica, message),
      onUnexpectedEnd: (ending) => onUnexpectedEnd(replica, ending),
    });
    this.#replicas.push(replica);
    return replica;
  }

  /** Settings of every process from its next start on. */
  change(environment: Readonly<Record<string, string>>): void {
    this.#changes = { ...this.#changes, ...environment };
  }

  get all(): readonly Replica[] {
    return this.#replicas;
  }

  of(service: Service): Replica[] {
    return this.#replicas.filter(({ options }) => options.service === service);
  }

  /** Starts those that do not run, two at a time. */
  async start(): Promise<void> {
    const waiting = this.#replicas.filter(({ isRunning }) => !isRunning);
    const worker = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await next.start();
    };
    await Promise.all([worker(), worker()]);
  }

  /** Resolves when every running process answers that it is ready; rejects with what one lacks after `seconds`. */
  async ready(seconds = 60): Promise<void> {
    const deadline = performance.now() + seconds * 1_000;
    for (const replica of this.#replicas.filter(({ isRunning }) => isRunning)) {
      for (;;) {
        const lack = await whyNotReady(replica);
        if (lack === null) break;
        if (performance.now() > deadline) throw new Error(`${replica.name} is not ready after ${seconds} s: ${lack}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Ends everything at once, frozen ones too. */
  async destroy(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.destroy()));
  }
}

/** Where there are fewer cores than processes an answer takes seconds. */
const ANSWER_LIMIT_MS = 10_000;

/** What keeps a process from being ready, or null. */
export async function whyNotReady({ url }: Pick<Child, 'url'>): Promise<string | null> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    return response.ok ? null : await response.text();
  } catch (error) {
    return (error as Error).message;
  }
}
