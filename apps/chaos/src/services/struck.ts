// A service as it is, in a process that dies when it is told to, at exactly the moment it is told to; that does not hear what it loses
// while it is told not to; that takes poison where CHAOS_POISON is set; or that lacks a rule of the runner's protocol (CHAOS_FLAW), so
// that one sees the checker notice. It tells how long it takes to begin with a partition that it is given.
import { type Ownership } from '@holdfast/postgres';
import { runService, type ServiceDefinition } from '@holdfast/service';
import { openResources, type Point, type Probe, type Resources } from '@holdfast/stream';
import { type Flaw, FLAWS, spoil } from '@holdfast/stream/flaws';
import { type TObject } from '@sinclair/typebox';

import { Deafness } from './deafness.js';
import { poisonSink, poisonTask } from './poison.js';
import { TakeOvers } from './take-overs.js';
import { tidyVitals, type Told } from './tidy-vitals.js';

/** What the harness may say: die when this point is reached once more, or live on. */
export interface Order {
  readonly dieAt: Point | null;
  /** Points that the same partition must have come by before, in this order. */
  readonly after?: readonly Point[];
}

/** Or: do not hear which partitions are lost from now on, or hear it again. */
export interface DeafOrder {
  readonly isDeaf: boolean;
}

/** Or: let go of what nobody holds any more, and tell what is left: {@link Told}. */
export interface TidyOrder {
  readonly isTidy: true;
}

let path: readonly Point[] = [];
/** How far each partition has come on it. */
const passed = new Map<string, number>();
const deafness = new Deafness();

process.on('message', ({ dieAt, after = [], isDeaf, isTidy }: Partial<Order & DeafOrder & TidyOrder>) => {
  if (isDeaf !== undefined) deafness.set(isDeaf);
  if (isTidy) void tidyVitals().then((vitals) => process.send!({ vitals } satisfies Told));
  if (dieAt === undefined) return;
  path = dieAt === null ? [] : [...after, dieAt];
  passed.clear();
});

function dieAtItsEnd(point: Point, place: string): void {
  const next = passed.get(place) ?? 0;
  if (path[next] !== point) return;
  if (next === path.length - 1) process.kill(process.pid, 'SIGKILL');
  passed.set(place, next + 1);
}

/** Runs one of the services; never returns. */
export function runStruck<S extends TObject>(
  define: (open: typeof openResources) => ServiceDefinition<S>,
): Promise<void> {
  return runService(
    define(async (name, settings) => {
      const resources = await openResources(name, settings);
      return { ...resources, probe: probeOf(resources), close: () => resources.close() };
    }),
  );
}

function probeOf({ database }: Resources): Probe {
  const flaw = FLAWS.find((name) => name === process.env['CHAOS_FLAW']) ?? null; // a wrong name is refused by the command line
  const takeOvers = new TakeOvers();
  return {
    reached(point, stage, partition) {
      if (point === 'sending') takeOvers.sending(partition);
      deafness.reached(point);
      dieAtItsEnd(point, `${stage}/${partition}`);
    },
    ...(process.env['CHAOS_POISON'] ? { task: (task) => poisonTask(task), sink: poisonSink } : {}),
    ports: (ports) =>
      flaw === null
        ? deafness.watch(takeOvers.watch(ports), null)
        : deafness.watch(takeOvers.watch(spoil(ports, flaw satisfies Flaw, epochOf)), isOutdated),
  };

  async function isOutdated(owner: Ownership): Promise<boolean> {
    return (await epochOf(owner)) > owner.epoch;
  }

  async function epochOf({ task, partition }: { readonly task: string; readonly partition: number }): Promise<number> {
    const [owner] = await database.query<{ epoch: number }>(
      'select epoch from owners where task = $1 and partition = $2',
      [task, partition],
    );
    return Number(owner?.epoch ?? 0);
  }
}
