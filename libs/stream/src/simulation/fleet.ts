// The workers of a simulation, and the trouble they get into: killed, paused, cut off from their group, replaced, joined by others.
import { type SimulationOptions } from './simulate.js';
import { type Strike, STRIKES } from './tally.js';
import { type Servers, startWorker, type Worker } from './worker.js';
import { type Process, type World } from './world.js';

const MOST = 4;

export class Fleet {
  private workers: Worker[] = [];
  /** What happens how often differs from one simulation to the next. */
  private readonly weights: readonly (readonly [() => void, number])[];
  private readonly atPoints: number;
  private isCalm = false;

  constructor(
    private readonly world: World,
    private readonly servers: Servers,
    private readonly options: SimulationOptions & { readonly hasSink: boolean },
  ) {
    const { random } = world;
    const strike = (kind: Strike) => () => this.strike(this.pick(), kind);
    const trouble = [
      ...STRIKES.map(strike),
      () => this.recover(this.pick()),
      () => this.move(),
      () => this.replace(this.pick()),
      () => this.join(),
    ];
    this.weights = trouble.map((cause) => [cause, random.next() ** 2]);
    this.atPoints = options.strike ? 0 : random.pick([0, 0.01, 0.05]);
    for (let i = random.between(1, 3); i > 0; i--) this.start();
  }

  /** Something happens to one of them. */
  makeTrouble(): void {
    const { random } = this.world;
    let left = random.next() * this.weights.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [cause, weight] of this.weights) if ((left -= weight) < 0) return cause();
  }

  strikeFirst(kind: Strike): void {
    this.strike(this.workers[0]!, kind);
  }

  recoverFirst(): void {
    this.recover(this.workers[0]!);
  }

  /** From now on nothing happens to them any more. */
  calm(): void {
    this.isCalm = true;
    for (const worker of this.workers) this.recover(worker);
  }

  /** Lets all of them end gracefully. */
  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }

  describe(): string {
    return this.workers.flatMap(({ runners }) => runners.map((runner) => runner.complaint() ?? 'ready')).join(' | ');
  }

  private pick(): Worker {
    return this.world.random.pick(this.workers);
  }

  private start(): void {
    const { flaw, hasSink } = this.options;
    this.workers.push(
      startWorker(this.world, this.servers, {
        flaw,
        hasSink,
        reached: (process, point) => this.reached(process, point),
      }),
    );
  }

  /** A worker may be struck in the middle of its work. */
  private reached(process: Process, point: string): void {
    const { random, tally } = this.world;
    if (this.isCalm || this.atPoints === 0 || !random.chance(this.atPoints)) return;
    const worker = this.workers.find((each) => each.process === process);
    const kind = random.pick(STRIKES);
    if (worker && this.strike(worker, kind)) tally.count(`${kind} at ${point}`);
  }

  private strike(worker: Worker, kind: Strike): boolean {
    const { process } = worker;
    if (kind !== 'killed' && (process.isPaused || process.isDeaf)) return false;
    this.world.struck(process, kind);
    if (kind === 'killed') {
      this.world.kill(process);
      this.workers = this.workers.filter((each) => each !== worker);
    } else process[kind === 'paused' ? 'isPaused' : 'isDeaf'] = true;
    // Its session runs out; paused or deaf, it is a zombie until it hears of that.
    this.servers.broker.groups.expire(process);
    this.keepOneAtWork();
    return true;
  }

  private recover({ process }: Worker): void {
    if (process.isPaused) this.world.tally.count('resumed');
    else if (process.isDeaf) this.world.tally.count('no longer deaf');
    else return;
    process.isPaused = process.isDeaf = false;
    this.servers.broker.groups.welcome(process);
  }

  private move(): void {
    this.world.tally.count('partitions moved');
    this.servers.broker.groups.rebalanceAll();
  }

  private replace(worker: Worker): void {
    if (worker.isStopping()) return;
    this.world.tally.count('replaced');
    void worker.stop().then(() => (this.workers = this.workers.filter((each) => each !== worker)));
    this.keepOneAtWork();
  }

  private keepOneAtWork(): void {
    const isAtWork = (each: Worker) => !each.process.isPaused && !each.process.isDeaf && !each.isStopping();
    if (!this.workers.some(isAtWork)) this.start();
  }

  private join(): void {
    if (this.workers.length >= MOST) return;
    this.world.tally.count('joined by another');
    this.start();
  }
}
