// 8. A stage, or ingest itself, is dead while customers would cross: time waits for what is known already.
import { CUSTOMER_RISK, type Millis, SECOND, toIso } from '@holdfast/schemas';

import { type Arena } from '../arena/arena.js';
import { lastTicks, silentCrossings } from '../arena/history.js';
import { bringRegulars, crossingInstants, purchase } from '../arena/regulars.js';
import { type Scenario } from '../scenario.js';

const FEATURES_DEAD_MS = 30 * SECOND;
/** After the pipeline has put out everything that ingest had written. */
const INGEST_DEAD_MS = 60 * SECOND;
/** Longest that may take, s. */
const DRAIN_LIMIT = 60;
/** How long a kill and what goes with it takes, ms. */
const LEAD_MS = 3 * SECOND;
const CROSSINGS = 50;

/** A crossing that fell into the time struck, and whether it must be out. */
interface Expected {
  readonly customer: string;
  readonly crossing: Millis;
  readonly isOut: boolean;
}
const expected = new WeakMap<Arena, Expected[]>();

export const standstill: Scenario = {
  number: 8,
  name: 'standstill',
  promise:
    'Features is dead for 30 s, ingest for 60 s: nobody crosses who has bought meanwhile, and nobody while no time is told.',
  least: { 'purchase waiting past its crossing': CROSSINGS, 'crossing while no time is told': CROSSINGS },
  arena: { horizonSeconds: 20 },
  async strike(arena) {
    expected.set(arena, [...(await featuresDies(arena)), ...(await ingestDies(arena))]);
  },
  async examine(_, arena) {
    const times = await silentCrossings(arena.grounds.broker);
    return (expected.get(arena) ?? []).flatMap(({ customer, crossing, isOut }) => {
      const found = times.get(`${customer} ${crossing}`) ?? 0;
      return found === Number(isOut) ? [] : [`${customer} crossed ${found} times at ${toIso(crossing)}.`];
    });
  },
};

/** Those who would cross buy while features is dead: their purchases wait in its input. */
async function featuresDies(arena: Arena): Promise<Expected[]> {
  const deadMs = FEATURES_DEAD_MS * arena.options.effort;
  const crossings = await silent(arena, 'buyer', LEAD_MS + deadMs / 2);
  const dead = arena.fleet.of('features');
  await Promise.all(dead.map((replica) => replica.kill()));
  const until = Date.now() + deadMs;
  arena.say('features is dead');
  await Promise.all([...crossings.keys()].map((customer) => arena.load.send([purchase(customer, 'in-time')])));
  const bought = Date.now();
  await arena.pause(Math.max(0, until - bought));
  const struck = [...crossings].filter(([, crossing]) => crossing > bought && crossing < Date.now());
  await arena.fleet.start();
  await arena.recovers();
  arena.struck('purchase waiting past its crossing', struck.length);
  return struck.map(([customer, crossing]) => ({ customer, crossing, isOut: false }));
}

/** Nobody tells the time: nothing is put out, and all cross at their instants once it is told again. */
async function ingestDies(arena: Arena): Promise<Expected[]> {
  const deadMs = INGEST_DEAD_MS * arena.options.effort;
  const { broker } = arena.grounds;
  const crossings = await silent(arena, 'sleeper', LEAD_MS + deadMs / 2);
  const dead = arena.fleet.of('ingest');
  await Promise.all(dead.map((replica) => replica.kill()));
  arena.say('ingest is dead');
  await arena.watch.ticksTo(await lastTicks(broker), DRAIN_LIMIT);
  const from = Date.now();
  const before = await ends(arena);
  await arena.pause(deadMs);
  if ((await ends(arena)) !== before) arena.faults.push('customer.risk went on although ingest was dead.');
  const struck = [...crossings].filter(([, crossing]) => crossing > from && crossing < Date.now());
  await arena.fleet.start();
  await arena.recovers();
  arena.struck('crossing while no time is told', struck.length);
  return struck.map(([customer, crossing]) => ({ customer, crossing, isOut: true }));
}

const ends = async ({ grounds }: Arena): Promise<string> =>
  JSON.stringify((await grounds.broker.bounds(CUSTOMER_RISK.name)).map(({ end }) => end));

/** Customers in silence, and when they cross. Resolves when the middle one of them has only so long left, ms. */
async function silent(arena: Arena, group: string, leftMs: number): Promise<ReadonlyMap<string, Millis>> {
  const names = await bringRegulars(arena, group, { count: 2 * CROSSINGS });
  for (;;) {
    const crossings = await crossingInstants(arena, names);
    const left = ([...crossings.values()].toSorted((a, b) => a - b)[CROSSINGS] ?? 0) - Date.now();
    if (left > leftMs / 2 && left < leftMs) return crossings;
    await arena.pause(100);
  }
}
