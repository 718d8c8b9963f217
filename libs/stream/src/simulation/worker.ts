// A simulated process: both tasks, with paces and sizes of its own.
import { GroupRunner } from '../group-runner.js';
import { DEFAULT_STREAM_SETTINGS, type StreamSettings } from '../settings.js';
import { TaskRun } from '../task-run.js';
import { type Timer } from '../timer.js';
import { type Task } from '../task.js';
import { echoer, MAX_BYTES, tracer } from './example-tasks.js';
import { type Flaw, spoil } from './flaws.js';
import { type SimulatedBroker } from './simulated-broker.js';
import { type SimulatedStore } from './simulated-store.js';
import { type Process, type World } from './world.js';

export const WINDOW_DAYS = 2;

export interface Worker {
  readonly process: Process;
  readonly runners: readonly GroupRunner[];
  stop(): Promise<void>;
}

export function startWorker(
  world: World,
  servers: { readonly broker: SimulatedBroker; readonly store: SimulatedStore },
  flaw?: Flaw,
): Worker {
  const { random } = world;
  const process: Process = { isPaused: false, isDeaf: false, isDead: false };
  const small = random.chance(0.8);
  const settings: StreamSettings = {
    ...DEFAULT_STREAM_SETTINGS,
    checkpointMs: 1,
    cleanCheckpointMs: random.between(1, 3),
    dirtyLimit: random.between(1, small ? 6 : 50),
    cacheSize: random.between(1, small ? 3 : 50),
    wakeWindow: random.between(1, small ? 4 : 50),
    sinkLingerMs: 1,
    maxOutputBytes: MAX_BYTES,
    duplicateWindowDays: WINDOW_DAYS,
    backoffMs: 1,
    maxBackoffMs: 1,
  };
  const sound = {
    broker: servers.broker.portOf(process, random.between(1, 8)),
    store: servers.store.portOf(process),
    timer: timerOf(world, process),
  };
  const ports = flaw ? spoil(sound, flaw, async (id) => servers.store.of(id).epoch) : sound;
  const logIds = { [tracer.input.name]: 'deeds', [echoer.input.name]: 'traces' };
  const runners = [tracer, echoer].map(
    (task) =>
      new GroupRunner({
        ...ports,
        name: task.name,
        group: task.name,
        topic: task.input.name,
        logId: logIds[task.input.name]!,
        settings,
        observer: {},
        makeRun: (context, opened, producer) =>
          new TaskRun(task as Task<unknown, unknown, unknown, unknown>, context, opened, producer),
      }),
  );
  for (const runner of runners) runner.start().catch(() => undefined);
  return {
    process,
    runners,
    stop: async () => {
      await Promise.all(runners.map((runner) => runner.stop()));
    },
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
        void world.call(process, () => undefined, { isTimer: true, ready }).then(end);
      }),
    jitter: () => 0,
    breathe: () => world.call(process, () => undefined),
  };
}
