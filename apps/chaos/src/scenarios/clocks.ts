// 9. Clocks are wrong: those of two ingest processes by an hour to either side, one that jumps, those of customers by a year.
import { HOUR, type Millis, SECOND } from '@holdfast/schemas';

import { type Arena } from '../arena/arena.js';
import { newestEvents } from '../arena/history.js';
import { type Replica } from '../arena/replica.js';
import { StoredTimes } from '../arena/stored-times.js';
import { type ClockOrder } from '../services/ingest.js';
import { type Scenario } from '../scenario.js';
import { examineClients, sendWithWrongClocks } from './client-clocks.js';

const ROUNDS = 3;
/** Under load with each clock for so long, ms. */
const STAY_MS = 6 * SECOND;
/** A clock that is behind the true time gains most of that at once, with every tick. */
const GAIN = { ms: 5 * SECOND, everyMs: 500 };
/** A clock that is ahead of the true time runs at 90 %. */
const SLOWED = 0.95;
/** For the way of a tick, and what a clock may differ anyway, ms. */
const TOLERANCE_MS = SECOND;

export const clocks: Scenario = {
  number: 9,
  name: 'clocks',
  promise:
    'Clocks of ingest are wrong by an hour to either side, and jump; those of customers are wrong by a year: time is bounded and never runs back.',
  least: {
    'jump ahead': ROUNDS,
    'jump back': ROUNDS,
    'hour ahead dies': ROUNDS,
    'hour behind dies': ROUNDS,
    'tick overtakes an event': 100,
    'client clock wrong by a year': 100,
  },
  // At times to come messages would wait for their time.
  sendsNothing: true,
  arena: {
    replicas: { ingest: 1, features: 2, scoring: 2, dispatch: 2 },
    environment: { SMTP_URL: '', DISPATCH_WEBHOOK_URL: '' },
  },
  async strike(arena) {
    const times = StoredTimes.watch(arena);
    times.mostAheadMs = () => TOLERANCE_MS;
    await sendWithWrongClocks(arena, arena.rounds(100));
    await jumps(arena, times);
    times.mostAheadMs = () => HOUR + TOLERANCE_MS;
    await hours(arena);
    await times.conclude();
  },
  examine: (_, arena) => examineClients(arena.grounds.broker),
};

/** One process' clock jumps by an hour, and back by two. */
async function jumps(arena: Arena, times: StoredTimes): Promise<void> {
  const [ingest] = arena.fleet.of('ingest') as [Replica];
  const setClock = (clockOffsetMs: Millis) => ingest.tell({ clockOffsetMs } satisfies ClockOrder);
  const from = Date.now();
  times.mostAheadMs = () => TOLERANCE_MS + ((Date.now() - from) / GAIN.everyMs + 1) * GAIN.ms;
  for (let round = 0; round < arena.rounds(ROUNDS); round++) {
    const { latest } = arena.watch;
    setClock(HOUR);
    await arena.pause(STAY_MS);
    if (arena.watch.latest - latest > 2 * STAY_MS) arena.struck('jump ahead');
    setClock(-HOUR);
    await arena.pause(STAY_MS / 2);
    const before = [arena.watch.latest, Date.now()] as const;
    await arena.pause(STAY_MS);
    const rate = (arena.watch.latest - before[0]) / (Date.now() - before[1]);
    if (rate > 0 && rate < SLOWED) arena.struck('jump back');
  }
  setClock(0);
  await arena.recovers();
}

/** An hour ahead and an hour behind at once, each ticking some partitions, each taking events of all; now one dies, now the other. */
async function hours(arena: Arena): Promise<void> {
  const [right] = arena.fleet.of('ingest') as [Replica];
  const ahead = arena.fleet.add('ingest', { CHAOS_CLOCK_OFFSET_MS: String(HOUR) });
  const behind = arena.fleet.add('ingest', { CHAOS_CLOCK_OFFSET_MS: String(-HOUR) });
  await arena.fleet.start();
  await arena.fleet.ready();
  await right.stop();
  for (let round = 0; round < arena.rounds(ROUNDS); round++)
    for (const [name, victim] of [
      ['hour ahead dies', ahead],
      ['hour behind dies', behind],
    ] as const) {
      // prettier-ignore
      await arena.pause(STAY_MS);
      const { overtaken, spreadMs } = await lookAtLog(arena);
      arena.struck('tick overtakes an event', overtaken);
      await victim.kill();
      arena.say(name);
      if (spreadMs > HOUR) arena.struck(name);
      await arena.pause(STAY_MS);
      await victim.start();
    }
}

/** Events that come after a later tick, and between which times events have come lately. */
async function lookAtLog(arena: Arena): Promise<{ overtaken: number; spreadMs: Millis }> {
  let overtaken = 0;
  let [first, last] = [Infinity, 0];
  for (const records of await newestEvents(arena.grounds.broker)) {
    let tick = 0;
    for (const { key, at } of records) {
      if (key === null) tick = Math.max(tick, at);
      else {
        if (at < tick) overtaken += 1;
        [first, last] = [Math.min(first, at), Math.max(last, at)];
      }
    }
  }
  return { overtaken, spreadMs: last - first };
}
