// Sends what is due (intervention-event.ts says when that is): lease, one more look at everything, send, note the result. Each
// step may be the last before a crash; the next owner of the lease then sends again with the same idempotency key. It does so
// with that message alone, and only so often: what it was that ended the process may have been the message.
//
// What remains: a message that has left although nobody could note it. The process was killed between the two, or the database
// stayed away until the lease was over. It is sent a second time, and only the receiver can tell, by that key; where it is no longer
// wanted, it is not, and what is noted says that it may have left.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import {
  addToOutbox,
  type ClaimedMessage,
  claimMessages,
  type Database,
  saveSendResult,
  type SendResult,
  type Transaction,
} from '@holdfast/postgres';
import { type CancelReason, objection, outsideQuietHours, type Rules } from '@holdfast/policy';
import { type Channel } from '@holdfast/schemas';
import { type Metrics } from '@holdfast/service';

import { RefusedError, type SendChannel } from './channel.js';
import { outboxRow } from './intervention-events.js';

/** Between two tries to note a result. */
const NOTE_PAUSE_MS = 500;
const AT_ONCE = 8;
const TRIES = 6;
/** Most characters that are kept of why a message was not sent. */
const LONGEST_REASON = 500;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;

export interface SenderOptions {
  readonly database: Database;
  readonly rules: Rules;
  readonly channels: ReadonlyMap<Channel, SendChannel>;
  /** Wall clock. */
  readonly now: () => number;
  /** Longer than the slowest send, with time to note its result: who dies in between holds the message up for as long. */
  readonly leaseMs: number;
  readonly metrics?: Metrics;
  /** Aborted: ends after the round it is in. */
  readonly signal?: AbortSignal;
  /** Asked before messages are taken, which are only those of these partitions; null: of all. */
  readonly partitions?: () => Promise<readonly number[] | null>;
  /** Told of each message that has left, before that is noted: for tests. */
  readonly delivered?: (message: ClaimedMessage) => void;
}

const NO_END = `Given up: of its ${TRIES} tries the last one came to no end, so it is not known whether it has left.`;
/** It is no longer wanted, and it may have left already. */
const inDoubt = (against: CancelReason): string =>
  `Not sent again (${against}): its last try came to no end, so it is not known whether it has left.`;

type Result = Pick<SendResult, 'state' | 'reason' | 'nextTryAt'>;

/**
 * Sends everything that is due at this moment; nothing in the quiet hours. Returns how many were tried. Several processes may do
 * so at once, each for the partitions it works on. Throws when a result could not be noted, but not before all others of its round are.
 */
export async function sendDue(options: SenderOptions): Promise<number> {
  const abandoned = await sendInRounds(options, { isAbandoned: true, limit: 1 });
  return abandoned + (await sendInRounds(options, { isAbandoned: false, limit: AT_ONCE }));
}

async function sendInRounds(
  options: SenderOptions,
  which: { readonly isAbandoned: boolean; readonly limit: number },
): Promise<number> {
  const channels = [...options.channels.keys()];
  for (let tried = 0; ;) {
    const claim = randomUUID();
    const now = options.now();
    const isQuiet = outsideQuietHours(now, options.rules) > now;
    if (isQuiet || channels.length === 0 || options.signal?.aborted) return tried;
    const partitions = (await options.partitions?.()) ?? null;
    if (partitions?.length === 0) return tried;
    const lease = { ...which, now, claimedUntil: now + options.leaseMs, claim, channels, partitions };
    const messages = await claimMessages(options.database, lease);
    const done = await Promise.allSettled(messages.map((message) => attend(message, lease, options)));
    for (const each of done) if (each.status === 'rejected') throw each.reason;
    tried += messages.length;
    if (messages.length < which.limit) return tried;
  }
}

interface Lease {
  /** Who had it before has never said what came of it. */
  readonly isAbandoned: boolean;
  readonly claim: string;
  readonly claimedUntil: number;
}

async function attend(message: ClaimedMessage, lease: Lease, options: SenderOptions): Promise<void> {
  const result = await attempt(message, lease, options);
  const at = options.now();
  const { shop, customer, decisionId, origin, playbook, partition, channel } = message;
  const { state, reason } = result;
  const isOurs = await noted(lease, options, async (tx) => {
    const sentAt = state === 'sent' ? at : null;
    if (!(await saveSendResult(tx, { shop, decisionId, claim: lease.claim, ...result, sentAt }))) return false;
    if (state === 'queued') return true;
    const event = { type: state, shop, customer, at, origin, decisionId, playbook, channel } as const;
    await addToOutbox(tx, [outboxRow(reason === null ? event : { ...event, reason }, partition)]);
    return true;
  });
  if (isOurs) options.metrics?.sendsTotal.inc({ channel, outcome: state === 'queued' ? 'retried' : state });
}

/** A result that is not noted leads to a second send: while the database is away it is tried again until the lease ends. */
async function noted(
  { claimedUntil }: Lease,
  { database, now }: SenderOptions,
  note: (tx: Transaction) => Promise<boolean>,
): Promise<boolean> {
  for (;;) {
    try {
      return await database.transaction(note);
    } catch (error) {
      if (now() + NOTE_PAUSE_MS >= claimedUntil) throw error;
      await pause(NOTE_PAUSE_MS);
    }
  }
}

async function attempt(message: ClaimedMessage, { isAbandoned }: Lease, options: SenderOptions): Promise<Result> {
  const { rules, channels, now, delivered } = options;
  if (message.attempts > TRIES) return { state: 'failed', reason: NO_END, nextTryAt: null };
  try {
    const consents = new Map(message.consents.map(({ channel, ...said }) => [channel as Channel, said]));
    // The news is stale, consent or an address is missing, the customer has bought or come back since (policy: recheck.ts).
    const against = objection({ ...message, consents }, { ...rules, now: now() });
    if (against !== null)
      return isAbandoned
        ? { state: 'failed', reason: inDoubt(against), nextTryAt: null }
        : { state: 'cancelled', reason: against, nextTryAt: null };
    await channels.get(message.channel)!.send(message);
    delivered?.(message);
    return { state: 'sent', reason: null, nextTryAt: null };
  } catch (error) {
    const reason = reasonOf(error);
    if (error instanceof RefusedError || message.attempts >= TRIES) return { state: 'failed', reason, nextTryAt: null };
    // Jittered, so that a server that comes back is not met by everybody at once.
    const wait = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 4 ** (message.attempts - 1));
    return { state: 'queued', reason, nextTryAt: now() + Math.round(wait * (0.75 + Math.random() / 2)) };
  }
}

/** Servers may say anything; PostgreSQL refuses U+0000, and what cannot be noted is sent again. */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll('\0', '').slice(0, LONGEST_REASON);
