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
/** Of all events, however they are spread: what is compared is the spread, not the amount. */
const PER_SECOND = 1_000;
const NEW_CUSTOMERS = 200_000;
/** Of these events, while new customers come. */
const NEW_PER_SECOND = 800;
const WARM_UP_MS = 30_000;
const WINDOWS = 6;
/** The others' p99 may become so many times what it was. */
const MOST_TIMES = 2;
/** Not falling ever further behind; it takes some seconds to get so many customers in. */
const LAG_LIMIT_MS = 20_000;
/**
 * 150 MB are Node and our code. A process has 3 partitions, each holds 20,000 customers that are stored and 5,000 that are not yet,
 * and one takes 4 KB: 300 MB. The rest is for garbage.
 */
const MEMORY_LIMIT = 600 * 2 ** 20;

const outside = (name: string): string => nameOutside(IDLE, PARTITIONS, name);
const HOT = outside('hot');

export const unevenLoad: Scenario = {
  number: 10,
  name: 'uneven-load',
  promise:
    'One partition is idle, one customer has half of all events, 200,000 new customers come: silence still fires, a process stays ' +
    "below 600 MB, the others' p99 at most doubles against as many events evenly spread.",
  least: { 'event of the hot customer': 10_000, 'new customer': NEW_CUSTOMERS, 'crossing by silence meanwhile': 200 },
  arena: {
    partitions: PARTITIONS,
    perSecond: PER_SECOND,
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
  await arena.pause(WARM_UP_MS);
  const usual = await outlook.p99(isEnough);
  const before = outlook.seen;
  const accepted = arena.load.accepted.size;
  arena.load.setPace(PER_SECOND / 2);
  const hot = begin(arena, { customer: () => HOT, seed: 1, perSecond: PER_SECOND / 2, batch: 50 });
  compare(arena, usual, await outlook.p99(isEnough), 'one customer had half of all events');
  const share = hot.sent / (arena.load.accepted.size - accepted);
  if (share < 0.4) arena.faults.push(`The hot customer had only ${Math.round(share * 100)} % of the events.`);
  hot.isOver = true;
  arena.struck('event of the hot customer', await hot.done);

  const most = arena.rounds(NEW_CUSTOMERS);
  const arriving = {
    customer: (n: number) => outside(`new-${n}`),
    seed: 2,
    perSecond: NEW_PER_SECOND,
    batch: 200,
    most,
  };
  arena.load.setPace(PER_SECOND - NEW_PER_SECOND);
  const arrivals = begin(arena, arriving);
  compare(arena, usual, await outlook.p99(() => arrivals.isOver), 'new customers came');
  arena.struck('new customer', await arrivals.done);
  for (const [partition, { ticks, customers, crossings }] of outlook.seen.entries()) {
    const fired = crossings - before[partition]!.crossings;
    arena.struck('crossing by silence meanwhile', fired);
    if (partition !== IDLE && fired === 0) arena.faults.push(`Nobody of partition ${partition} crossed meanwhile.`);
    if (ticks === before[partition]!.ticks) arena.faults.push(`Time stood still in partition ${partition}.`);
    if (partition === IDLE && customers > 0) arena.faults.push(`Partition ${IDLE} was not idle.`);
  }
}

interface Crowd {
  readonly customer: (n: number) => string;
  readonly seed: number;
  readonly perSecond: number;
  readonly batch: number;
  /** Default: until it is told. */
  readonly most?: number;
}

/** Sends beside the load, until `isOver` is set or, by itself, so many have been accepted. */
function begin(arena: Arena, { customer, seed, perSecond, batch, most = Infinity }: Crowd) {
  const crowd = { sent: 0, isOver: false, done: Promise.resolve(0) };
  const calls = traffic({ seed: 1_000 * (arena.options.seed + 1) + seed, customer });
  const isOver = (accepted: number): boolean => {
    crowd.sent = accepted;
    return (crowd.isOver ||= accepted >= most);
  };
  crowd.done = flood(arena.load, { calls, perSecond, batch, isOver });
  crowd.done.catch(() => (crowd.isOver = true)); // whoever awaits it is told why
  return crowd;
}

function compare(arena: Arena, usual: number, p99: number, when: string): void {
  arena.say(`p99 ${p99} ms while ${when}, ${usual} ms before`);
  if (!(p99 <= MOST_TIMES * usual))
    arena.faults.push(`The others' p99 was ${p99} ms while ${when}, ${usual} ms before.`);
}
