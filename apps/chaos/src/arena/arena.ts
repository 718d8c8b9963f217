// A whole Holdfast on a real Kafka, every service in processes of its own, with a shop's visitors in front and a mail and a webhook
// server behind. Scenarios strike it; then it is brought to rest, for the checker.
import { type Closing } from '@holdfast/service';

import { type Evidence } from '../evidence.js';
import { Load } from '../load/load.js';
import { seeded } from '../load/random.js';
import { traffic } from '../load/traffic.js';
import { dispatchEnvironment, serviceEnvironment, WRITE_KEY } from './environment.js';
import { Fleet } from './fleet.js';
import { type Grounds, openGrounds } from './grounds.js';
import { type ArenaOptions } from './options.js';
import { type Replica } from './replica.js';
import { bringToRest } from './rest.js';
import { Watch } from './watch.js';

/** Longest that the pipeline may take to recover from a strike, s. */
const RECOVERY_LIMIT = 120;

/** What an arena is made of besides its options. */
interface Parts {
  readonly grounds: Grounds;
  readonly fleet: Fleet;
  readonly load: Load;
  readonly watch: Watch;
}

export class Arena {
  readonly strikes: Record<string, number> = {};
  readonly faults: string[] = [];
  readonly random: () => number;
  /** Longest time from a strike until every partition put out something later than it. */
  recoverySeconds = 0;

  private constructor(
    readonly options: ArenaOptions,
    private readonly parts: Parts,
    /** Tells a person at a terminal what goes on. */
    readonly say: (text: string) => void,
  ) {
    this.random = seeded(options.seed + 1);
  }

  get grounds(): Grounds {
    return this.parts.grounds;
  }
  get fleet(): Fleet {
    return this.parts.fleet;
  }
  get load(): Load {
    return this.parts.load;
  }
  get watch(): Watch {
    return this.parts.watch;
  }

  /** Starts everything and the load. `closing` ends it again, also when this fails half-way. */
  static async open(options: ArenaOptions, closing: Closing, say: (text: string) => void): Promise<Arena> {
    say('starting Kafka and PostgreSQL');
    const grounds = await openGrounds(options, closing);
    const fleet: Fleet = new Fleet({
      replicas: options.replicas,
      environment: serviceEnvironment(options, grounds),
      onLine: (replica, line) => arena?.hear(replica, line),
      onMessage: (replica, message) => arena?.onMessage(replica, message),
      onUnexpectedEnd: (replica, { code, signal }) =>
        arena?.faults.push(`${replica.name} ended by itself (${signal ?? `exit code ${code}`}).`),
    });
    let arena: Arena | undefined;
    closing.add(() => fleet.destroy());
    say('starting the services');
    await fleet.start();
    await fleet.ready();
    const watch = await Watch.start(grounds.broker);
    closing.add(() => watch.close());
    const load = new Load({
      calls: traffic({ seed: options.seed, ...options.traffic }),
      urls: () => fleet.of('ingest').flatMap(({ isRunning, url }) => (isRunning ? url : [])),
      writeKey: WRITE_KEY,
      perSecond: options.perSecond,
      batch: options.batch,
      senders: 8,
    });
    arena = new Arena(options, { grounds, fleet, load, watch }, say);
    closing.add(async () => load.abandon());
    load.start();
    await watch.comesTo(Date.now(), RECOVERY_LIMIT);
    return arena;
  }

  /** How many of so many repetitions are wanted: fewer in the short run that belongs to the tests. */
  rounds(count: number): number {
    return Math.max(1, Math.ceil(count * this.options.effort));
  }

  struck(kind: string, times = 1): void {
    this.strikes[kind] = (this.strikes[kind] ?? 0) + times;
  }

  /** One of some, by the seed. */
  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)]!;
  }

  /** Between two times, ms, by the seed. */
  async pause(from: number, until = from): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, from + this.random() * (until - from)));
  }

  /** Resolves when every partition has put out something later than this moment. */
  async recovers(): Promise<void> {
    const struckAt = Date.now();
    await this.watch.comesTo(struckAt, RECOVERY_LIMIT);
    this.recoverySeconds = Math.max(this.recoverySeconds, (Date.now() - struckAt) / 1_000);
  }

  /** Ends the load and then, in the order of the pipeline, every service, each when it has done all its work. */
  async rest(): Promise<void> {
    await bringToRest(this);
  }

  /** What the checker is to see. */
  evidence(): Evidence {
    const { kafka, postgres, modelsDirectory, receivers } = this.grounds;
    return {
      brokers: kafka.brokers,
      databaseUrl: postgres.url,
      modelsDirectory,
      dispatchEnvironment: { ...dispatchEnvironment(this.grounds), ...this.options.environment },
      accepted: this.load.accepted,
      deliveries: receivers.deliveries,
    };
  }

  /** Scenarios may listen. */
  onMessage: (replica: Replica, message: unknown) => void = () => undefined;

  /** The newest lines of all services' standard error. */
  readonly lines: string[] = [];

  private hear(replica: Replica, line: string): void {
    this.lines.push(`${replica.name}: ${line}`);
    if (this.lines.length > 2_000) this.lines.splice(0, 1_000);
  }
}
