// 12. Nothing strikes: it runs on and on, and no process may grow.
import { growthOf, type Moment, unsteadiness, WARM_UP } from '../arena/growth.js';
import { type Scenario } from '../scenario.js';
import { type TidyOrder } from '../services/struck.js';
import { type Told } from '../services/tidy-vitals.js';

/** Ten to warm up in, and half an hour that counts. */
const MINUTES = 40;
/** Every 10 s in the full run. */
const LOOKS = 240;
/** MB in ten minutes. A shorter run is as exact over its own time, and so much less over ten minutes. */
const MOST_GROWTH = 1;
const LAG_LIMIT_MS = 10_000;
/** Events a second: more while it warms up, so that heaps have grown to what they need, and caches are full, before it counts. */
const PACE = { warmUp: 1_400, measured: 1_000 } as const;

export const soak: Scenario = {
  number: 12,
  name: 'soak',
  promise:
    'Ten minutes of load to warm up, and half an hour more: no process grows by 1 MB in ten minutes, and none keeps descriptors or timers.',
  isApart: true,
  least: { 'minute of load': MINUTES },
  arena: {
    check: 'counts',
    // Two partitions, and a new customer in ten events.
    partitions: 2,
    perSecond: PACE.warmUp,
    batch: 50,
    environment: { DISPATCH_HOLD_OUT_SHARE: '0.9' },
  },
  async strike(arena) {
    const moments = new Map(arena.fleet.all.map(({ name }) => [name, [] as Moment[]]));
    arena.onMessage = ({ name }, message) => {
      const { vitals } = message as Partial<Told>;
      if (vitals) moments.get(name)!.push({ at: performance.now(), ...vitals });
    };
    const minutes = MINUTES * arena.options.effort;
    for (let look = 1; look <= LOOKS; look++) {
      if (look === Math.floor(LOOKS * WARM_UP)) arena.load.setPace(PACE.measured);
      await arena.pause((minutes * 60_000) / LOOKS);
      for (const replica of arena.fleet.all) replica.tell({ isTidy: true } satisfies TidyOrder);
      if (look % 12 === 0)
        arena.say(`${look} of ${LOOKS} looks, ${arena.load.accepted.size} events; ${standing(moments)}`);
    }
    arena.struck('minute of load', Math.ceil(minutes));
    const lagMs = Date.now() - arena.watch.reached;
    if (lagMs > LAG_LIMIT_MS) arena.faults.push(`In the end a partition lay ${Math.round(lagMs / 1_000)} s behind.`);
    for (const [name, seen] of moments) {
      const growth = growthOf(seen);
      arena.faults.push(...unsteadiness(name, growth, { megabytes: MOST_GROWTH / arena.options.effort }));
      arena.say(`${name}: ${JSON.stringify(growth)}`);
    }
  },
};

/** What each process holds: MB resident (live), descriptors, timers. */
const standing = (moments: ReadonlyMap<string, readonly Moment[]>): string =>
  Array.from(moments, ([name, seen]) => {
    const mega = (bytes = NaN) => (bytes / 2 ** 20).toFixed(1);
    const last = seen.at(-1);
    return `${name} ${mega(last?.residentBytes)} (${mega(last?.liveBytes)}) ${last?.descriptors} ${last?.timers}`;
  }).join(', ');
