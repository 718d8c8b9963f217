// Devices whose clocks are wrong by a year, and what ingest must make of what they say.
import { type Broker } from '@holdfast/broker';
import { BEHAVIOR_EVENTS, DAY, type BehaviorEvent, type Millis, SECOND, toIso } from '@holdfast/schemas';

import { type Arena } from '../arena/arena.js';
import { historyOf } from '../arena/history.js';
import { view } from '../arena/regulars.js';

const YEAR: Millis = 365 * DAY;
/** How long before it was sent an event has happened, ms. */
const AGO: Millis = 2 * SECOND;

/** By how much the device is wrong, and whether it says when it sent the event: then it is put right. */
const DEVICES = [
  { name: 'clock-ahead-and-says', wrongMs: YEAR, says: true },
  { name: 'clock-behind-and-says', wrongMs: -YEAR, says: true },
  { name: 'clock-ahead', wrongMs: YEAR, says: false },
  { name: 'clock-behind', wrongMs: -YEAR, says: false },
] as const;

/** Sends events of so many devices at least. */
export async function sendWithWrongClocks(arena: Arena, count: number): Promise<void> {
  for (let n = 0; n < count / DEVICES.length; n++) {
    const calls = DEVICES.map(({ name, wrongMs, says }) => {
      const sent = Date.now() + wrongMs;
      const times = { originalTimestamp: toIso(sent - AGO), ...(says ? { sentAt: toIso(sent) } : {}) };
      return { ...view(`${name}-${n}`, 'looks'), ...times };
    });
    await arena.load.send(calls);
    arena.struck('client clock wrong by a year', calls.length);
  }
}

/** Faults, one sentence each. */
export async function examineClients(broker: Broker): Promise<string[]> {
  return (await historyOf(broker, BEHAVIOR_EVENTS)).flatMap(({ value }) => {
    const device = DEVICES.find(({ name }) => value?.customer.replace(/-\d+$/, '') === name);
    return value === null || device === undefined || isRight(value, device)
      ? []
      : [`The event of ${value.customer} is taken to be ${value.receivedAt - value.occurredAt} ms old.`];
  });
}

/** Put right where the device says when it sent the event; else never in the future. */
function isRight({ occurredAt, receivedAt }: BehaviorEvent, { says, wrongMs }: (typeof DEVICES)[number]): boolean {
  if (says) return receivedAt - occurredAt === AGO;
  return wrongMs > 0 ? occurredAt === receivedAt : receivedAt - occurredAt > YEAR;
}
