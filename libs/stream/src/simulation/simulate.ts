// One simulation: random input, workers that are killed, paused and resumed while they work, calls that fail. Afterwards all that was
// published (after skipping by source) and all that was stored must be what brute force makes of the same log.
import { type BrokerRecord } from '@holdfast/broker';

import { HEADERS } from '@holdfast/schemas';

import { bruteForce, type Expectation } from './brute-force.js';
import { type Task } from '../task.js';
import { DEEDS, echoer, MAX_BYTES, tracer } from './example-tasks.js';
import { type Flaw } from './flaws.js';
import { firstDifference, history } from './history.js';
import { Random } from './random.js';
import { makeLog } from './scenario.js';
import { SimulatedBroker } from './simulated-broker.js';
import { SimulatedStore } from './simulated-store.js';
import { startWorker, type Worker, WINDOW_DAYS } from './worker.js';
import { World } from './world.js';

export interface SimulationOptions {
  readonly flaw?: Flaw;
  /** Instead of random trouble: one strike, at exactly this message. */
  readonly strike?: { readonly at: number; readonly kind: 'kill' | 'pause' | 'deafen' };
  /** How many messages it may take before it counts as stuck. */
  readonly limit?: number;
}

const LIMIT = 40_000;

export interface Outcome {
  /** What went wrong, or null. */
  readonly complaint: string | null;
  readonly messages: number;
}

export async function simulate(seed: number, options: SimulationOptions = {}): Promise<Outcome> {
  const simulation = new Simulation(new Random(seed), options);
  const complaint = await simulation.run();
  return { complaint: complaint && `seed ${seed}: ${complaint}`, messages: simulation.messages };
}

class Simulation {
  messages = 0;
  private readonly world: World;
  private readonly broker: SimulatedBroker;
  private readonly store: SimulatedStore;
  private readonly inputs: BrokerRecord[][];
  private readonly workers: Worker[] = [];

  constructor(
    private readonly random: Random,
    private readonly options: SimulationOptions,
  ) {
    this.world = new World(random);
    const partitions = random.between(1, 2);
    this.broker = new SimulatedBroker(this.world, partitions);
    this.store = new SimulatedStore(this.world);
    this.inputs = Array.from({ length: partitions }, () => makeLog(random, random.between(3, 50)));
  }

  async run(): Promise<string | null> {
    const { random, world, options } = this;
    const limit = options.limit ?? LIMIT;
    for (let i = random.between(1, 3); i > 0; i--) this.start();
    world.failures = options.strike ? 0 : random.pick([0, 0.01, 0.05]);
    const trouble = random.pick([0.005, 0.02, 0.06]);
    for (let quiet = false; ; this.messages++) {
      if (this.messages > limit) return `stuck: ${this.describe()}`;
      if (this.feed() && !quiet && (options.strike || random.chance(0.02))) {
        quiet = !options.strike || this.messages > options.strike.at + 100;
        if (quiet) this.calm();
      }
      if (options.strike) this.strike(options.strike);
      else if (!quiet && random.chance(trouble)) this.makeTrouble();
      await world.step();
      if (quiet && this.messages % 16 === 0 && this.isDone()) break;
    }
    const stopped = Promise.all(this.workers.map((worker) => worker.stop())).then(() => true);
    let isStopped = false;
    void stopped.then(() => (isStopped = true));
    for (; !isStopped; this.messages++) {
      if (this.messages > 2 * limit) return 'stuck while stopping';
      await world.step();
    }
    return this.compare();
  }

  private start(): void {
    this.workers.push(startWorker(this.world, { broker: this.broker, store: this.store }, this.options.flaw));
  }

  /** Appends a few input records now and then. True when all have been. */
  private feed(): boolean {
    this.inputs.forEach((records, partition) => {
      if (records.length > 0 && this.random.chance(0.2)) {
        this.broker.append(DEEDS.name, partition, records.splice(0, this.random.between(1, 6)));
      }
    });
    return this.inputs.every((records) => records.length === 0);
  }

  private makeTrouble(): void {
    const worker = this.random.pick(this.workers);
    const kind = this.random.next();
    if (kind < 0.2) this.kill(worker);
    else if (kind < 0.5) this.toggle(worker, 'isPaused');
    else if (kind < 0.75) this.toggle(worker, 'isDeaf');
    else if (kind < 0.85) this.broker.groups.rebalanceAll();
    else if (kind < 0.93) this.replace(worker);
    else if (this.workers.length < 4) this.start();
  }

  private strike({ at, kind }: NonNullable<SimulationOptions['strike']>): void {
    if (this.messages === at && kind === 'kill') this.kill(this.workers[0]!);
    if (kind !== 'kill' && (this.messages === at || this.messages === at + 60)) {
      this.toggle(this.workers[0]!, kind === 'pause' ? 'isPaused' : 'isDeaf');
    }
  }

  private kill(worker: Worker): void {
    this.world.kill(worker.process);
    this.workers.splice(this.workers.indexOf(worker), 1);
    this.broker.groups.expire(worker.process);
    this.start();
  }

  /** Paused or deaf, its session runs out; afterwards it is a zombie until it hears of that. */
  private toggle({ process }: Worker, what: 'isPaused' | 'isDeaf'): void {
    process[what] = !process[what];
    if (process[what]) this.broker.groups.expire(process);
    else this.broker.groups.welcome(process);
    if (this.workers.every((worker) => worker.process.isPaused || worker.process.isDeaf)) this.start();
  }

  private replace(worker: Worker): void {
    if (worker.process.isPaused || worker.process.isDeaf) return;
    this.workers.splice(this.workers.indexOf(worker), 1);
    void worker.stop();
    this.start();
  }

  private calm(): void {
    this.world.failures = 0;
    for (const worker of this.workers) {
      if (worker.process.isPaused) this.toggle(worker, 'isPaused');
      if (worker.process.isDeaf) this.toggle(worker, 'isDeaf');
    }
  }

  private expect(task: unknown, topic: string, logId: string, partition: number): Expectation {
    const place = { logId, partition, maxBytes: MAX_BYTES, windowDays: WINDOW_DAYS };
    return bruteForce(task as Task<unknown, unknown, unknown, unknown>, this.broker.log(topic, partition), place);
  }

  /** The last tick of each partition has passed through both stages, and that has been saved. */
  private isDone(): boolean {
    return this.inputs.every((_, partition) => {
      let last = this.broker.log(DEEDS.name, partition).length - 1;
      for (const { task } of STAGES) {
        if (this.store.of({ task: task.name, partition }).progress.position <= last) return false;
        const prefix = `/${partition}/${last}.`;
        last = this.broker
          .log(task.output.name, partition)
          .findIndex(({ key, headers }) => key === null && headers[HEADERS.source]!.includes(prefix));
      }
      return true;
    });
  }

  private compare(): string | null {
    for (const partition of this.inputs.keys()) {
      for (const { task, logId } of STAGES) {
        const expected = this.expect(task, task.input.name, logId, partition);
        const difference = firstDifference(expected, {
          outputs: history(this.broker.log(task.output.name, partition)),
          letters: history(this.broker.log(`${task.name}.dead-letters`, partition)),
          stored: this.store.of({ task: task.name, partition }),
        });
        if (difference) return `${task.name}, partition ${partition}: ${difference}`;
      }
    }
    return null;
  }

  private describe(): string {
    return this.workers
      .flatMap(({ runners, process }) =>
        runners.map((r) => `${r.complaint() ?? 'ready'}${process.isPaused ? ' (paused)' : ''}`),
      )
      .join(' | ');
  }
}

const STAGES = [
  { task: tracer, logId: 'deeds' },
  { task: echoer, logId: 'traces' },
] as const;
