// One simulation: random input, workers that are struck while they work, calls that fail. Afterwards all that was published (after
// skipping by source), all that was stored and all that was fired must be what brute force makes of the same log.
import { type BrokerRecord } from '@holdfast/broker';
import { HEADERS } from '@holdfast/schemas';

import { keeper } from './example-sink.js';
import { DEEDS, STAGES } from './example-tasks.js';
import { type Flaw } from './flaws.js';
import { Fleet } from './fleet.js';
import { judge } from './judge.js';
import { Random } from './random.js';
import { makeLog } from './scenario.js';
import { SimulatedBroker } from './simulated-broker.js';
import { SimulatedStore } from './simulated-store.js';
import { type Strike, Tally } from './tally.js';
import { World } from './world.js';

export interface SimulationOptions {
  readonly flaw?: Flaw;
  /** Instead of random trouble: one strike, at exactly this message. */
  readonly strike?: { readonly at: number; readonly kind: Strike };
  /** How many messages it may take before it counts as stuck. */
  readonly limit?: number;
}

const LIMIT = 40_000;
/** A strike that can be survived lasts for so many messages. */
const STRUCK = 60;

export interface Outcome {
  /** What went wrong, or null. */
  readonly complaint: string | null;
  readonly messages: number;
  /** Sums up which messages arrived in which order. */
  readonly path: number;
  /** How often each fault struck. */
  readonly tally: ReadonlyMap<string, number>;
}

/** Simulates. The same seed takes the same steps. */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<Outcome> {
  const simulation = new Simulation(new Random(seed), options);
  const complaint = await simulation.run();
  const { world, tally, messages } = simulation;
  return { complaint: complaint && `seed ${seed}: ${complaint}`, messages, path: world.path, tally: tally.counts };
}

class Simulation {
  messages = 0;
  readonly tally = new Tally();
  readonly world: World;
  private readonly broker: SimulatedBroker;
  private readonly store: SimulatedStore;
  private readonly fleet: Fleet;
  private readonly inputs: BrokerRecord[][];
  private readonly hasSink: boolean;

  constructor(
    private readonly random: Random,
    private readonly options: SimulationOptions,
  ) {
    const { tally } = this;
    const world = (this.world = new World(random, tally));
    const partitions = random.between(1, 2);
    const store = (this.store = new SimulatedStore(world));
    const writerOf = (topic: string, partition: number) => store.of({ task: taskOf(topic), partition });
    const broker = (this.broker = new SimulatedBroker(world, partitions, writerOf));
    this.inputs = Array.from({ length: partitions }, () => makeLog(random, random.between(3, random.pick([10, 25]))));
    this.hasSink = random.chance(0.6);
    this.fleet = new Fleet(world, { broker, store }, { ...options, hasSink: this.hasSink });
  }

  async run(): Promise<string | null> {
    const { random, world, fleet, options } = this;
    const { strike, limit = LIMIT } = options;
    world.failures = strike ? 0 : random.pick([0, 0.01, 0.05]);
    const trouble = strike ? 0 : random.pick([0.01, 0.03, 0.1]);
    const pace = random.pick([0.02, 0.05, 0.2]);
    // Trouble ends in the end, so that there is one.
    const calmAt = strike ? strike.at + STRUCK : random.between(100, 700);
    for (; ; this.messages++) {
      if (this.messages > limit) return `stuck: ${fleet.describe()}`;
      this.feed(pace);
      if (this.messages === strike?.at) fleet.strikeFirst(strike.kind);
      if (this.messages === calmAt) this.calm();
      if (this.messages < calmAt && random.chance(trouble)) fleet.makeTrouble();
      if (!(await world.step()) && this.isDone()) break;
      if (this.messages >= calmAt && this.messages % 16 === 0 && this.isDone()) break;
    }
    this.calm();
    let isStopped = false;
    void fleet.stop().then(() => (isStopped = true));
    for (; !isStopped; this.messages++) {
      if (this.messages > 2 * limit) return 'stuck while stopping';
      await world.step();
    }
    return judge(this.broker, this.store, { tally: this.tally, hasSink: this.hasSink });
  }

  private calm(): void {
    this.world.failures = 0;
    this.fleet.calm();
  }

  /** Appends a few input records now and then. */
  private feed(pace: number): void {
    this.inputs.forEach((records, partition) => {
      if (records.length > 0 && this.random.chance(pace)) {
        this.broker.append(DEEDS.name, partition, records.splice(0, this.random.between(1, 6)));
      }
    });
  }

  /** The last tick of each partition has passed through both stages, and that has been saved. */
  private isDone(): boolean {
    const isPast = (task: string, partition: number, offset: number) =>
      this.store.of({ task, partition }).progress.position > offset;
    return this.inputs.every((left, partition) => {
      let last = this.broker.log(DEEDS.name, partition).records.length - 1;
      if (left.length > 0) return false;
      for (const { task } of STAGES) {
        if (!isPast(task.name, partition, last)) return false;
        if (this.hasSink && task.input === keeper.input && !isPast(keeper.name, partition, last)) return false;
        const prefix = `/${partition}/${last}.`;
        last = this.broker
          .log(task.output.name, partition)
          .records.findIndex(({ key, headers }) => key === null && headers[HEADERS.source]!.includes(prefix));
      }
      return true;
    });
  }
}

/** Which task writes to a topic. */
const taskOf = (topic: string): string =>
  STAGES.find(({ task, letters }) => topic === task.output.name || topic === letters)?.task.name ?? keeper.name;
