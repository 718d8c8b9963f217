// Messages that cannot be sent: those that mail server and webhook turn away every time, and one that ends whoever sends it. Each is
// tried so often, told as failed, and holds up no other.
import { type Database } from '@holdfast/postgres';

import { type Arena } from '../arena/arena.js';
import { bringRegulars } from '../arena/regulars.js';
import { until } from '../arena/rest.js';
import { TRIES } from '../checker/check-deliveries.js';

export const UNSENDABLE = 'message turned away';
export const LETHAL = 'message ends its sender';

const GROUP = 'poison-sender';
const LETHAL_GROUP = 'poison-lethal';
/** Not everybody is written to: some are left alone for comparison. */
const CUSTOMERS_PER_MESSAGE = 2;
const LETHAL_CUSTOMERS = 6;
const LIMIT_MS = 120_000;

interface MessageRow {
  readonly customer: string;
  readonly state: string;
  readonly attempts: number;
  readonly waits: boolean;
}

/** Resolves when so many have been given up, and the others have been let through. */
export async function unsendable(arena: Arena, count: number): Promise<void> {
  const { receivers } = arena.grounds;
  receivers.turnAway((customer) => customer.startsWith(`${GROUP}-`));
  await bringRegulars(arena, GROUP, { count: CUSTOMERS_PER_MESSAGE * count });
  const failed = (rows: readonly MessageRow[]) => rows.filter(({ state }) => state === 'failed');
  const rows = failed(await hurry(arena, (messages) => failed(messages).length >= count));
  arena.struck(UNSENDABLE, rows.length);
  for (const { customer, attempts } of rows)
    if (attempts !== TRIES || receivers.turnedAway.get(customer)! < TRIES)
      arena.faults.push(`The message to ${customer} was given up after ${attempts} tries, not ${TRIES}.`);
  receivers.turnAway(() => false);
  await hurry(arena, (messages) => !messages.some(({ waits }) => waits));
}

/** Returns the messages as they are when it is enough. */
async function hurry(arena: Arena, isEnough: (messages: readonly MessageRow[]) => boolean): Promise<MessageRow[]> {
  const { database } = arena.grounds;
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const messages = await database.query<MessageRow>(
      `select customer, state, attempts, state = 'queued' and attempts > 0 as waits from messages where customer like $1`,
      [`${GROUP}-%`],
    );
    if (isEnough(messages)) return messages;
    if (performance.now() > deadline)
      throw new Error(`Waited ${LIMIT_MS / 1_000} s for messages: ${JSON.stringify(messages)}`);
    await ahead(database, GROUP);
    await arena.pause(200);
  }
}

/** Between two tries there are minutes, and hours: we let them pass at once, and those of a group come before all others. */
const ahead = (database: Database, group: string): Promise<unknown> =>
  database.query(
    `update messages set next_try_at = 0
      where customer like $1 and state = 'queued' and claimed_until is null and next_try_at > 0`,
    [`${group}-%`],
  );

/** Resolves when the first message to somebody of a group has ended its sender as often as it may, and has been given up. */
export async function lethal(arena: Arena): Promise<void> {
  const { grounds, fleet } = arena;
  const senders = fleet.of('dispatch');
  let victim: string | null = null;
  grounds.receivers.turnAway((customer) => {
    if (!customer.startsWith(`${LETHAL_GROUP}-`) || customer !== (victim ??= customer)) return false;
    arena.struck(LETHAL);
    arena.say(`the message to ${customer} ends its sender`);
    // Which of them it is does not show from here: all are gone before it can be answered.
    for (const each of senders) void each.kill();
    return true;
  });
  await bringRegulars(arena, LETHAL_GROUP, { count: LETHAL_CUSTOMERS });
  await until('a message to be given up that ends its sender', async () => {
    if (senders.every(({ isRunning }) => !isRunning)) {
      // The lease of who is dead would be waited for otherwise.
      const release = `update messages set claimed_until = $2 where customer = $1 and state = 'queued' and claimed_until > $2`;
      await grounds.database.query(release, [victim, Date.now()]);
      await senders[0]!.start();
    }
    await ahead(grounds.database, LETHAL_GROUP);
    const [message] = await grounds.database.query<{ state: string; reason: string | null; attempts: number }>(
      `select state, reason, attempts from messages where customer = $1 and attempts > 0`,
      [victim],
    );
    return message?.state === 'failed'
      ? null
      : `it is ${message?.state ?? 'not there'} (${message?.reason}), tried ${message?.attempts} times`;
  });
  grounds.receivers.turnAway(() => false);
  await fleet.start();
  await fleet.ready();
}
