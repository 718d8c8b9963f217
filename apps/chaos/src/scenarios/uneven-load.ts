// 10. One partition has no customers, one customer has half of all events, and then new ones come all at once.
import { type Arena } from '../arena/arena.js';
import { Outlook } from '../arena/outlook.js';
import { worstDuring } from '../arena/worst-moments.js';
import { flood } from '../load/flood.js';
import { nameOutside } from '../load/names.js';
import { traffic } from '../load/traffic.js';
import { type Scenario } from '../scenario.js';

const PARTITIONS = 6;
const IDLE = 0;
/** What comes beside the others, once from customers like them and once from those of whom the scenario tells. */
interface Crowd {
  readonly perSecond: number;
  /** Events in one request. */
  readonly batch: number;
  /** Events a second of the others. */
  readonly others: number;
}
/** Two slow cores are not busy all the time with it: where they are, the waiting for them is all that is measured. */
const HALF: Crowd = { perSecond: 300, batch: 50, others: 300 };
const MOST: Crowd = { perSecond: 800, batch: 200, others: 200 };
const NEW_CUSTOMERS = 200_000;
const WARM_UP_MS = 30_000;
const WINDOWS = 7;
/** The others' p99 may become so many times what it was. */
const MOST_TIMES = 2;
/** Not falling ever further behind; it takes some seconds to get so many customers in. */
const LAG_LIMIT_MS = 10_000;
/**
 * 150 MB are Node and our code. A process has 3 partitions, each holds 20,000 customers that are stored and 5,000 that are not yet,
 * and one takes 4 KB: 300 MB. The rest is for garbage, of which kafkajs makes the more.
 */
const MEMORY_LIMIT = 700 * 2 ** 20;

const outside = (name: string): string => nameOutside(IDLE, PARTITIONS, name);

export const unevenLoad: Scenario = {
  number: 10,
  name: 'uneven-load',
  promise:
    'One partition is idle, one customer has half of all events, 200,000 new customers come: silence still fires, a process stays ' +
    "below 700 MB, the others' p99 at most doubles against as many events evenly spread.",
  least: { 'event of the hot customer': 10_000, 'new customer': NEW_CUSTOMERS, 'crossing by silence meanwhile': 200 },
  arena: {
    partitions: PARTITIONS,
    perSecond: HALF.others,
    traffic: { customer: (n, random) => outside(`other-${Math.max(0, Math.floor(n / 10 - random() * 300))}`) },
  },
  async strike(arena) {
    const outlook = new Outlook(arena, 'main/other-');
    const { lagMs, residentBytes } = await worstDuring(arena, () => unevenly(arena, outlook));
    if (lagMs > LAG_LIMIT_MS) arena.faults.push(`A partition came to lie ${Math.round(lagMs / 1_000)} s behind.`);
    for (const [name, bytes] of residentBytes)
      if (bytes > MEMORY_LIMIT) arena.faults.push(`${name} came to ${Math.round(bytes / 2 ** 20)} MB of memory.`);
    arena.say(`at most ${lagMs} ms behind and ${Math.round(Math.max(...residentBytes.values()) / 2 ** 20)} MB`);
  },
};

async function unevenly(arena: Arena, outlook: Outlook): Promise<void> {
  const isEnough = (windows: number) => windows >= Math.max(3, arena.rounds(WINDOWS));
  const p99AmongRegulars = async (crowd: Crowd, seed: number) => {
    arena.load.setPace(crowd.others);
    const regulars = begin(arena, crowd, { seed, name: (n) => `regular-${n % 300}` });
    await arena.pause(WARM_UP_MS);
    const p99 = await outlook.p99(isEnough);
    await regulars.end();
    return p99;
  };

  const beforeHot = await p99AmongRegulars(HALF, 1);
  const before = outlook.seen;
  const accepted = arena.load.accepted.size;
  const hot = begin(arena, HALF, { seed: 2, name: () => 'hot' });
  compare(arena, beforeHot, await outlook.p99(isEnough), 'one customer had half of all events');
  const ofHot = await hot.end();
  const share = ofHot / (arena.load.accepted.size - accepted);
  if (share < 0.4) arena.faults.push(`The hot customer had only ${Math.round(share * 100)} % of the events.`);
  arena.struck('event of the hot customer', ofHot);

  const beforeArrivals = await p99AmongRegulars(MOST, 3);
  const arrivals = begin(arena, MOST, { seed: 4, name: (n) => `new-${n}`, most: arena.rounds(NEW_CUSTOMERS) });
  compare(arena, beforeArrivals, await outlook.p99(() => arrivals.isOver()), 'new customers came');
  arena.struck('new customer', await arrivals.end());
  for (const [partition, { ticks, customers, crossings }] of outlook.seen.entries()) {
    const fired = crossings - before[partition]!.crossings;
    arena.struck('crossing by silence meanwhile', fired);
    if (partition !== IDLE && fired === 0) arena.faults.push(`Nobody of partition ${partition} crossed meanwhile.`);
    if (ticks === before[partition]!.ticks) arena.faults.push(`Time stood still in partition ${partition}.`);
    if (partition === IDLE && customers > 0) arena.faults.push(`Partition ${IDLE} was not idle.`);
  }
}

interface Senders {
  /** No two have the same. */
  readonly seed: number;
  /** Of the customer whose event the n-th is. */
  readonly name: (n: number) => string;
  /** Default: until they are ended. */
  readonly most?: number;
}

/** Sends beside the load, until it is ended or, by itself, so many have been accepted. */
function begin(arena: Arena, { perSecond, batch }: Crowd, { seed, name, most = Infinity }: Senders) {
  const calls = traffic({ seed: 1_000 * (arena.options.seed + 1) + seed, customer: (n) => outside(name(n)) });
  let isOver = false;
  const done = flood(arena.load, { calls, perSecond, batch, isOver: (accepted) => (isOver ||= accepted >= most) });
  done.catch(() => (isOver = true)); // whoever ends it is told why
  return {
    isOver: () => isOver,
    /** Resolves to how many were accepted. */
    end: () => {
      isOver = true;
      return done;
    },
  };
}

function compare(arena: Arena, usual: number, p99: number, when: string): void {
  arena.say(`p99 ${p99} ms while ${when}, ${usual} ms before`);
  if (!(p99 <= MOST_TIMES * usual))
    arena.faults.push(`The others' p99 was ${p99} ms while ${when}, ${usual} ms before.`);
}
