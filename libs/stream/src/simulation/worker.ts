// A simulated process: both tasks, with paces and sizes of its own.
import { GroupRunner } from '../group-runner.js';
import { type RunMaker } from '../partition.js';
import { type Probe } from '../probe.js';
import { DEFAULT_STREAM_SETTINGS, type StreamSettings } from '../settings.js';
import { SinkRun } from '../sink-run.js';
import { type Sink } from '../task.js';
import { TaskRun } from '../task-run.js';
import { type Timer } from '../timer.js';
import { keeper } from './example-sink.js';
import { MAX_BYTES, STAGES } from './example-tasks.js';
import { type Flaw, spoil } from './flaws.js';
import { type Random } from './random.js';
import { type SimulatedBroker } from './simulated-broker.js';
import { type SimulatedStore } from './simulated-store.js';
import { type Process, type World } from './world.js';

export const WINDOW_DAYS = 2;

export interface Servers {
  readonly broker: SimulatedBroker;
  readonly store: SimulatedStore;
}

export interface Worker {
  readonly process: Process;
  readonly runners: readonly GroupRunner[];
  /** Ends gracefully. */
  stop(): Promise<unknown>;
  isStopping(): boolean;
}

export interface WorkerOptions {
  readonly flaw: Flaw | undefined;
  readonly hasSink: boolean;
  reached(process: Process, ...point: Parameters<NonNullable<Probe['reached']>>): void;
}

export function startWorker(
  world: World,
  { broker, store }: Servers,
  { flaw, hasSink, reached }: WorkerOptions,
): Worker {
  const { random, tally } = world;
  const process: Process = { isPaused: false, isDeaf: false, isDead: false };
  const settings = drawSettings(random);
  if (settings.cacheSize === 1) tally.count('a cache of one customer');
  if (settings.wakeWindow === 1) tally.count('a window of one wake-up');
  const sound = {
    broker: broker.portOf(process, random.between(1, 8)),
    store: store.portOf(process),
    timer: timerOf(world, process),
  };
  const ports = flaw ? spoil(sound, flaw, async (id) => store.of(id).epoch) : sound;
  const runner = (stage: Pick<Sink<unknown>, 'name' | 'input'>, logId: string, makeRun: RunMaker) =>
    new GroupRunner({
      ...ports,
      ...{ name: stage.name, group: stage.name, topic: stage.input.name, logId, settings, makeRun },
      observer: {},
      probe: { reached: (...point) => reached(process, ...point) },
    });
  const runners = STAGES.map(({ task, logId }) =>
    runner(task, logId, (context, opened, producer) => new TaskRun(task, context, opened, producer)),
  );
  if (hasSink)
    runners.push(runner(keeper, 'traces', (context, opened) => new SinkRun(keeper as Sink<unknown>, context, opened)));
  for (const runner of runners) runner.start().catch(() => undefined);
  let stopping: Promise<unknown> | undefined;
  return {
    process,
    runners,
    stop: () => (stopping ??= Promise.all(runners.map((runner) => runner.stop()))),
    isStopping: () => stopping !== undefined,
  };
}

function drawSettings(random: Random): StreamSettings {
  const isRoomy = random.chance(0.4);
  const size = () => (isRoomy ? random.between(6, 50) : random.chance(0.5) ? 1 : random.between(2, 5));
  return {
    ...DEFAULT_STREAM_SETTINGS,
    checkpointMs: 1,
    cleanCheckpointMs: random.between(1, 3),
    dirtyLimit: size(),
    cacheSize: size(),
    wakeWindow: size(),
    sinkLingerMs: 1,
    maxOutputBytes: MAX_BYTES,
    duplicateWindowDays: WINDOW_DAYS,
    backoffMs: 1,
    maxBackoffMs: 1,
  };
}

function timerOf(world: World, process: Process): Timer {
  return {
    now: () => world.now,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const end = () => {
          signal.removeEventListener('abort', end);
          resolve();
        };
        signal.addEventListener('abort', end);
        // The grace of a stop ends only when nothing else can happen.
        const ready = () => !signal.aborted && ms < 1_000;
        void world.call(process, 'timer', () => undefined, { ready }).then(end);
      }),
    jitter: () => 0,
    breathe: () => world.call(process, 'timer', () => undefined),
  };
}
