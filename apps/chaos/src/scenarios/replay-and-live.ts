// 9. A replay holds the clock while customers click, and is killed on its way; imports come just before live ticks.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readClock } from '@holdfast/postgres';
import { DAY, HOUR, SECOND, toIso } from '@holdfast/schemas';

import { type Arena } from '../arena/arena.js';
import { WRITE_KEY } from '../arena/environment.js';
import { lastTicks } from '../arena/history.js';
import { bringRegulars, purchase } from '../arena/regulars.js';
import { ReplayProcess } from '../arena/replay-process.js';
import { traffic } from '../load/traffic.js';
import { type Scenario } from '../scenario.js';
import { examineOrigins, importsBeforeTicks } from './origins.js';

const REPLAY_KEY = 'chaos-replay-key';
const LINES = 8_000;
const SECONDS = 20;
const CLICKERS = 50;
const IMPORTS = 100;
/** After so long nothing is on its way to the log any more, ms. */
const SETTLE_MS = SECOND;
/** So long nobody may tick between the kill and the replay going on, ms. */
const AWAY_MS = 3 * SECOND;

const KILL = 'kill in mid-replay, ingest back first';
const CLICK = 'live event during a replay';
const JUST_BEFORE = 'import just before a live tick';

export const replayAndLive: Scenario = {
  number: 9,
  name: 'replay-and-live',
  promise:
    'Customers click during a replay, it is killed on its way, imports come just before live ticks: nothing of it reaches a customer.',
  least: { [KILL]: 1, [CLICK]: CLICKERS, [JUST_BEFORE]: IMPORTS / 5 },
  arena: {
    clock: 'replay',
    perSecond: 300,
    environment: { INGEST_WRITE_KEYS: `${WRITE_KEY}=main:import,${REPLAY_KEY}=main:replay` },
  },
  async strike(arena) {
    const file = await writeDay(arena);
    const first = replay(arena, file);
    arena.load.resume();
    const clickers = await bringRegulars(arena, 'clicker', { count: arena.rounds(CLICKERS), everyMs: 20 });
    arena.struck(CLICK, clickers.length);
    await comesTo(arena, first, arena.rounds(LINES) * 0.4);
    await killAll(arena, first);
    await replay(arena, file).done();
    await arena.recovers();
    for (let n = 0; n < arena.rounds(IMPORTS); n++) await importOne(arena, n);
    await arena.recovers();
    arena.struck(JUST_BEFORE, await importsBeforeTicks(arena));
  },
  examine: (_, arena) => examineOrigins(arena, arena.rounds(LINES)),
};

/** A day of a shop that ended an hour ago: that close to now nothing is shifted. */
async function writeDay(arena: Arena): Promise<string> {
  const count = arena.rounds(LINES);
  const from = Date.now() - DAY - HOUR;
  const customer = (_: number, random: () => number) => `replayed-${Math.floor(random() * 300)}`;
  const calls = traffic({ seed: arena.options.seed + 1_000_000, customer });
  const lines = Array.from({ length: count }, (_, n) =>
    JSON.stringify({ ...calls.next().value, timestamp: toIso(from + Math.floor((n * DAY) / count)) }),
  );
  const file = join(arena.grounds.directory, 'day.jsonl');
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

const replay = ({ fleet, grounds }: Arena, file: string): ReplayProcess =>
  new ReplayProcess({
    ...{ file, speed: DAY / SECOND / SECONDS, url: fleet.of('ingest')[0]!.url },
    ...{ writeKey: REPLAY_KEY, databaseUrl: grounds.postgres.url },
  });

/** Resolves when so many lines are in the log. */
async function comesTo(arena: Arena, running: ReplayProcess, line: number): Promise<void> {
  for (;;) {
    if (((await readClock(arena.grounds.database))?.acknowledged ?? 0) >= line) return;
    if (!running.isRunning) await running.done();
    await arena.pause(50);
  }
}

/** The replay and every service die; ingest is back before anything else, and must not take the clock for its own. */
async function killAll(arena: Arena, running: ReplayProcess): Promise<void> {
  await Promise.all([running.kill(), ...arena.fleet.all.map((replica) => replica.kill())]);
  const { fleet, grounds } = arena;
  await arena.pause(SETTLE_MS);
  const ticks = JSON.stringify(await lastTicks(grounds.broker));
  await Promise.all(fleet.of('ingest').map((replica) => replica.start()));
  await arena.pause(AWAY_MS);
  const isStill = JSON.stringify(await lastTicks(grounds.broker)) === ticks;
  if (!isStill) arena.faults.push('Ingest told the time although the replay was not over.');
  arena.struck(KILL);
  await fleet.start();
}

/** Someone who has bought lately, or long ago, as the shop sends it later, at any moment between two ticks. */
async function importOne(arena: Arena, n: number): Promise<void> {
  const customer = `imported-${n}`;
  const at = Date.now() - (n % 2 === 0 ? HOUR : 10 * SECOND);
  const timestamp = toIso(at);
  const traits = { email: `${customer}@shop.test` };
  await arena.pause(0, 500);
  await arena.load.send(
    [
      { messageId: `${customer}-known`, userId: customer, type: 'identify', traits, timestamp },
      { ...purchase(customer, 'first'), timestamp },
      { ...purchase(customer, 'second'), timestamp },
    ],
    'import',
  );
}
