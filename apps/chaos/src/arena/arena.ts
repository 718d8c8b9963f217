// A whole Holdfast on a real Kafka, every service in processes of its own, with a shop's visitors in front and a mail and a webhook
// server behind. Scenarios strike it; then it is brought to rest, for the checker.
import { type Millis } from '@holdfast/schemas';
import { type Closing } from '@holdfast/service';

import { check } from '../checker/check.js';
import { type Evidence, type Verdict } from '../evidence.js';
import { Load } from '../load/load.js';
import { traffic } from '../load/traffic.js';
import { AnyArena } from './any-arena.js';
import { type Ending } from './child.js';
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

export class Arena extends AnyArena {
  private constructor(
    override readonly options: ArenaOptions,
    private readonly parts: Parts,
    say: (text: string) => void,
  ) {
    super(options, say);
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
      onLine: ({ name }, line) => arena?.hear(name, line),
      onMessage: (replica, message) => arena?.onMessage(replica, message),
      onUnexpectedEnd: (replica, ending) => arena?.endedByItself(replica, ending),
    });
    let arena: Arena | null = null; // until there is one, nobody listens
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
    if (options.clock === 'replay') load.pause();
    load.start();
    if (options.clock === 'live') await watch.comesTo(Date.now(), RECOVERY_LIMIT);
    return arena;
  }

  /** Ends the load and then, in the order of the pipeline, every service, each when it has done all its work. */
  async rest(): Promise<void> {
    await bringToRest(this);
  }

  async halt(): Promise<void> {
    this.load.abandon();
    await this.fleet.destroy();
  }

  /** Set by a scenario whose services were poisoned; see the checker's evidence. */
  mendedAt: Evidence['mendedAt'];

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
      mendedAt: this.mendedAt,
    };
  }

  /** Which none may. */
  endedByItself({ name }: Replica, { code, signal }: Ending): void {
    this.faults.push(`${name} ended by itself (${signal ?? `exit code ${code}`}): ${this.lastWords(name)}`);
  }

  /** SIGTERM to some processes. One that does not end by itself with exit code 0 is a fault. */
  async stop(replicas: readonly Replica[]): Promise<void> {
    const endings = await Promise.all(replicas.map((replica) => replica.stop()));
    for (const [n, { code, signal }] of endings.entries())
      if (code !== 0)
        this.faults.push(`${replicas[n]!.name} did not stop in order (${signal ?? `exit code ${code}`}).`);
  }

  /** Scenarios may listen. */
  onMessage: (replica: Replica, message: unknown) => void = () => undefined;

  check(): Promise<Verdict> {
    return check(this.evidence(), this.say, this.options.check);
  }

  protected comesTo(at: Millis): Promise<void> {
    return this.watch.comesTo(at, RECOVERY_LIMIT);
  }
}
