// Ways of striking that several scenarios use.
import { type Point } from '@holdfast/stream';

import { type Order } from '../services/struck.js';
import { type Arena } from './arena.js';
import { type Replica, type Service } from './replica.js';

/** Longest wait until a process comes to the moment at which it is to die, s. */
const MOMENT_LIMIT = 20;

/** SIGKILL to a process and a new one in its place. */
export async function killAndRestart(arena: Arena, victim: Replica): Promise<void> {
  await victim.kill();
  arena.struck('kill');
  arena.say(`killed ${victim.name}`);
  await victim.start();
}

/** A moment at which a process is to die, and what that is called. */
export interface Moment extends Order {
  readonly name: string;
  readonly dieAt: Point;
}

/** One process of the services dies the next time it reaches a point; a new one takes its place. */
export const killAt = (arena: Arena, point: Point, services: readonly Service[]): Promise<boolean> =>
  killWhen(arena, { name: `kill when ${point}`, dieAt: point }, services);

/** The same for any moment. Not every process reaches every one: false when none of them did. */
export async function killWhen(arena: Arena, moment: Moment, services: readonly Service[]): Promise<boolean> {
  const able = arena.fleet.all.filter(({ options, isRunning }) => isRunning && services.includes(options.service));
  for (const victim of shuffled(able, arena.random)) {
    if (!(await diesAt(arena, victim, moment))) continue;
    arena.struck(moment.name);
    arena.say(`${victim.name}: ${moment.name}`);
    await victim.start();
    return true;
  }
  arena.say(`no process came to: ${moment.name}`);
  return false;
}

async function diesAt(arena: Arena, victim: Replica, order: Order): Promise<boolean> {
  victim.expectEnd();
  victim.tell(order);
  const ended = await Promise.race([victim.ended, new Promise<null>((r) => setTimeout(r, MOMENT_LIMIT * 1_000, null))]);
  if (ended?.signal === 'SIGKILL') return true;
  if (ended !== null) {
    arena.endedByItself(victim, ended);
    return false;
  }
  victim.tell({ dieAt: null });
  victim.expectEnd(false);
  return false;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => [random(), item] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item);
}
