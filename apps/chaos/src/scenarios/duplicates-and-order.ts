// 9. Senders repeat themselves and get the order wrong; a whole day is sent a second time.
import { BEHAVIOR_EVENTS, CUSTOMER_FEATURES, DAY, HOUR, toIso } from '@holdfast/schemas';

import { type Arena } from '../arena/arena.js';
import { historyOf } from '../arena/history.js';
import { type Scenario } from '../scenario.js';
import { type Call, traffic } from '../load/traffic.js';

const EVENTS = 5_000;
const DAY_EVENTS = 2_000;
const CUSTOMERS = 20;
/** Within so many events the order is lost. */
const WINDOW = 200;
const DUPLICATES = 0.1;
/** Between two events as they happened, ms. */
const SPACING_MS = 10;
/** No event lies so near the present that a clock of ingest could have it in the future, ms. */
const CLOCK_MS = 1_000;
const BATCH = 50;
/** Begins the names of those whose events are out of order. */
const PREFIX = 'mixed-';

const TWICE = 'event sent twice';
const OUT_OF_ORDER = 'event out of order';
const DAY_AGAIN = 'event of a day sent again';

export const duplicatesAndOrder: Scenario = {
  number: 9,
  name: 'duplicates-and-order',
  promise:
    'One event in ten is sent twice, all come out of order, a day is sent again: duplicates change nothing, late ones are counted.',
  least: { [TWICE]: (EVENTS * DUPLICATES) / 2, [OUT_OF_ORDER]: EVENTS / 2, [DAY_AGAIN]: DAY_EVENTS },
  async strike(arena) {
    await sendMixed(arena, arena.rounds(EVENTS));
    const day = dayOf(arena, arena.rounds(DAY_EVENTS));
    for (let time = 0; time < 2; time++) for (const batch of inBatches(day)) await arena.load.send(batch, 'import');
    arena.struck(DAY_AGAIN, day.length);
  },
  async examine(_, { grounds: { broker, database }, strikes }) {
    const faults: string[] = [];
    const ids = (await historyOf(broker, BEHAVIOR_EVENTS)).flatMap(({ value }) => value?.messageId ?? []);
    const repeated = ids.length - new Set(ids).size;
    const [row] = await database.query<{ dropped: string }>(
      `select sum(duplicates) as dropped from owners where task = 'features'`,
    );
    const sent = strikes[TWICE]! + strikes[DAY_AGAIN]!;
    if (repeated < sent) faults.push(`${sent} events were sent twice, but only ${repeated} are in the log twice.`);
    if (Number(row!.dropped) !== repeated)
      faults.push(`${repeated} duplicates are in the log, and features counts ${row!.dropped}.`);
    const features = await historyOf(broker, CUSTOMER_FEATURES);
    const late = features.filter(({ customer, value }) => customer?.startsWith(PREFIX) && value?.late).length;
    if (late !== strikes[OUT_OF_ORDER])
      faults.push(`${strikes[OUT_OF_ORDER]} events came late, and features counts ${late}.`);
    return faults;
  },
};

/** Events as they happen, each window of them in any order, some of them again a little later. One sender: the log has this order. */
async function sendMixed(arena: Arena, count: number): Promise<void> {
  const customer = (_: number, random: () => number) => `${PREFIX}${Math.floor(random() * CUSTOMERS)}`;
  const calls = traffic({ seed: arena.options.seed + 1_000_000, customer });
  const newest = new Map<string, number>();
  let again: Call[] = [];
  for (let sent = 0; sent < count; sent += WINDOW) {
    const from = Date.now() - WINDOW * SPACING_MS - CLOCK_MS;
    const happened = Array.from({ length: WINDOW }, (_, n) => ({
      call: calls.next().value,
      at: from + n * SPACING_MS,
    }));
    const mixed = shuffled(happened, arena.random);
    for (const { call, at } of mixed) {
      if (at < (newest.get(call.userId) ?? 0)) arena.struck(OUT_OF_ORDER);
      newest.set(call.userId, Math.max(at, newest.get(call.userId) ?? 0));
    }
    const window = mixed.map(({ call, at }) => ({ ...call, timestamp: toIso(at) }));
    for (const batch of inBatches([...window, ...again])) await arena.load.send(batch);
    arena.struck(TWICE, again.length);
    again = window.filter(() => arena.random() < DUPLICATES);
  }
  for (const batch of inBatches(again)) await arena.load.send(batch);
  arena.struck(TWICE, again.length);
}

/** What a shop sends later of a day that ended an hour ago. */
function dayOf({ options }: Arena, count: number): Call[] {
  const from = Date.now() - DAY - HOUR;
  const customer = (_: number, random: () => number) => `day-${Math.floor(random() * 50)}`;
  const calls = traffic({ seed: options.seed + 2_000_000, customer });
  return Array.from({ length: count }, (_, n) => ({
    ...calls.next().value,
    timestamp: toIso(from + Math.floor((n * DAY) / count)),
  }));
}

function* inBatches<T>(items: readonly T[]): Generator<T[]> {
  for (let from = 0; from < items.length; from += BATCH) yield items.slice(from, from + BATCH);
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const left = items.slice();
  return items.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!);
}
