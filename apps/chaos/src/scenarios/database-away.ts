// 6. PostgreSQL is away, slow, has no connection to give, or ends a transaction.
import { BEHAVIOR_EVENTS, CUSTOMER_FEATURES } from '@holdfast/schemas';

import { type Arena } from '../arena/arena.js';
import { deadlock, Hoard } from '../arena/database-strikes.js';
import { whyNotReady } from '../arena/fleet.js';
import { withinMemory } from '../arena/memory.js';
import { outage } from '../arena/outage.js';
import { type Scenario } from '../scenario.js';

const DOWN_SECONDS = 60;
const SLOW_SECONDS = 20;
/** What the services say to PostgreSQL arrives so much later, ms. */
const SLOW_MS = 2_000;
const HOARD_SECONDS = 20;
const DEADLOCKS = 4;
/** The pause is looked for in the last so many seconds. */
const LOOK_SECONDS = 10;

export const databaseAway: Scenario = {
  number: 6,
  name: 'database-away',
  promise:
    'PostgreSQL is down for 60 s, takes 2 s for each statement, has no connection left, ends checkpoints as deadlocks: ' +
    'reading pauses, memory stays bounded, and everything catches up without a restart.',
  least: { 'database down': 1, 'database slow': 1, 'no connection left': 1, deadlock: DEADLOCKS },
  mayRepeatSends: true,
  arena: { isProxied: true },
  strike: (arena) =>
    withinMemory(arena, async () => {
      await down(arena);
      await slow(arena);
      await exhausted(arena);
      await deadlocks(arena);
    }),
};

async function down(arena: Arena): Promise<void> {
  const { postgres } = arena.grounds;
  await outage(arena, {
    kind: 'database down',
    seconds: DOWN_SECONDS - LOOK_SECONDS,
    begin: () => postgres.stop(),
    end: () => postgres.restart(),
    hasStruck: async () => (await isPaused(arena)) && (await areUnready(arena)),
  });
}

async function slow(arena: Arena): Promise<void> {
  const proxy = arena.grounds.proxies!.postgres;
  const before = proxy.slowed;
  await outage(arena, {
    kind: 'database slow',
    seconds: SLOW_SECONDS,
    begin: async () => proxy.slow(SLOW_MS),
    end: async () => proxy.slow(0),
    hasStruck: () => proxy.slowed > before,
  });
}

async function exhausted(arena: Arena): Promise<void> {
  const hoard = new Hoard(arena);
  await outage(arena, {
    kind: 'no connection left',
    seconds: HOARD_SECONDS,
    begin: () => hoard.begin(),
    end: () => hoard.giveBack(),
    hasStruck: async () => (await hoard.left()) === 0 && (await areUnready(arena)),
  });
}

async function deadlocks(arena: Arena): Promise<void> {
  for (let round = 0; round < arena.rounds(DEADLOCKS); round++) {
    const task = ['features', 'scoring'][round % 2]!;
    if (await deadlock(arena, task, round % arena.options.partitions)) arena.struck('deadlock');
    arena.say(`a deadlock with a checkpoint of ${task}`);
  }
  await arena.recovers();
  await arena.fleet.ready();
}

/** Whether features reads nothing more although there is more to read. */
async function isPaused(arena: Arena): Promise<boolean> {
  const { broker } = arena.grounds;
  const ends = async (topic: string) => (await broker.bounds(topic)).reduce((sum, { end }) => sum + end, 0);
  const before = [await ends(BEHAVIOR_EVENTS.name), await ends(CUSTOMER_FEATURES.name)] as const;
  await arena.pause(LOOK_SECONDS * 1_000);
  const grown = [(await ends(BEHAVIOR_EVENTS.name)) - before[0], (await ends(CUSTOMER_FEATURES.name)) - before[1]];
  return grown[0]! > 0 && grown[1] === 0;
}

/** Whether every stage says that it cannot work. */
async function areUnready({ fleet }: Arena): Promise<boolean> {
  const stages = fleet.all.filter(({ options }) => options.service !== 'ingest');
  return (await Promise.all(stages.map(whyNotReady))).every((lack) => lack !== null);
}
