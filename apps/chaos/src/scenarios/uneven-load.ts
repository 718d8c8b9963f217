// 10. One partition has no customers, one customer has half of all events, and then new ones come all at once.
import { type Arena } from '../arena/arena.js';
import { Outlook } from '../arena/outlook.js';
import { vitalsOf } from '../arena/vitals.js';
import { flood } from '../load/flood.js';
import { nameOutside } from '../load/names.js';
import { traffic } from '../load/traffic.js';
import { type Scenario } from '../scenario.js';

const PARTITIONS = 6;
const IDLE = 0;
const OTHERS_PER_SECOND = 500;
const NEW_CUSTOMERS = 200_000;
const NEW_PER_SECOND = 2_000;
const WINDOWS = 6;
const WARM_UP_MS = 15_000;
const MOST_MEMORY = 700;
const MEBI = 1024 * 1024;

const outside = (name: string) => nameOutside(IDLE, PARTITIONS, name);
const HOT = outside('hot');

export const unevenLoad: Scenario = {
  number: 10,
  name: 'uneven-load',
  promise: '',
  least: { 'new customer': NEW_CUSTOMERS },
  arena: {
    partitions: PARTITIONS,
    perSecond: OTHERS_PER_SECOND,
    traffic: {
      customer: (n, random) => outside(`other-${Math.max(0, Math.floor(n / 10 - random() * 300))}`),
    },
  },
  async strike(arena) {
    const outlook = new Outlook(arena, 'main/other-');
    const watchTimer = setInterval(() => void look(arena, outlook), 2_000);
    const seed = 1_000 * arena.options.seed;
    await arena.pause(WARM_UP_MS);
    const windows = Math.max(3, arena.rounds(WINDOWS));
    console.error('calm', await outlook.p99(windows));
    let isOver = false;
    const hot = flood(arena.load, {
      calls: traffic({ seed: seed + 1, customer: () => HOT }),
      perSecond: OTHERS_PER_SECOND,
      batch: 20,
      isOver: () => isOver,
    });
    console.error('hot', await outlook.p99(windows));
    const count = arena.rounds(NEW_CUSTOMERS);
    const wave = flood(arena.load, {
      calls: traffic({ seed: seed + 2, customer: (n) => outside(`new-${n}`) }),
      perSecond: NEW_PER_SECOND,
      batch: 200,
      isOver: (accepted) => accepted >= count,
    });
    let over = false;
    void wave.then(() => (over = true));
    while (!over) console.error('wave', await outlook.p99(1));
    arena.struck('new customer', await wave);
    isOver = true;
    arena.struck('hot', await hot);
    clearInterval(watchTimer);
  },
};

async function look(arena: Arena, outlook: Outlook): Promise<void> {
  const lag = Date.now() - arena.watch.reached;
  const vitals = await Promise.all(
    arena.fleet.all.map((r) => vitalsOf(r).catch(() => ({ residentBytes: 0, descriptors: 0, timers: 0 }))),
  );
  console.error(
    'lag',
    lag,
    'crossings',
    outlook.crossings.join(' '),
    'accepted',
    arena.load.accepted.size,
    arena.fleet.all
      .map(
        (r, n) =>
          `${r.name}:${Math.round(vitals[n]!.residentBytes / MEBI)}/${vitals[n]!.descriptors}/${vitals[n]!.timers}`,
      )
      .join(' '),
    MOST_MEMORY,
  );
}
