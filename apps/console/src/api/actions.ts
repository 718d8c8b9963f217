// What was done: decisions, messages, and crossings that led to none.
import {
  countDecisions,
  countMessages,
  countOutcomes,
  countSkips,
  type DecisionView,
  listMessages,
  type MessageView,
  type Transaction,
} from '@holdfast/postgres';
import { ARMS, CHANNELS, toIso } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { instant, money, oneOf, orNull, originName } from './fields.js';
import { playbookName } from './playbook-name.js';

/** Messages shown at once. */
const MESSAGES = 6;

const states = ['queued', 'no-channel', 'simulated', 'sent', 'failed', 'cancelled'] as const;
const state = oneOf(states);
const armName = oneOf(ARMS);

export const decisionCount = Type.Object({
  playbook: Type.String(),
  name: Type.String(),
  arm: armName,
  count: Type.Integer(),
  settled: Type.Integer({ description: 'whose window has closed' }),
  purchased: Type.Integer({ description: 'of the settled: with a purchase in the window' }),
});

export const message = Type.Object(
  {
    decisionId: Type.String(),
    customer: Type.String(),
    playbook: Type.String(),
    name: Type.String(),
    channel: oneOf(CHANNELS),
    origin: originName,
    subject: Type.String(),
    body: Type.String(),
    at: instant('when it was decided'),
    sentAt: orNull(instant('when it was sent')),
    state,
    reason: orNull(Type.String()),
  },
  { title: 'Message' },
);

export const actions = Type.Object(
  {
    decisions: Type.Array(decisionCount, { description: 'by playbook and arm' }),
    skipped: Type.Array(Type.Object({ reason: Type.String(), count: Type.Integer() }), {
      description: 'crossings that led to no decision',
    }),
    messageStates: Type.Array(Type.Object({ state, count: Type.Integer() })),
    messages: Type.Array(message, { description: 'latest messages, newest first' }),
  },
  { title: 'Actions' },
);
export type Actions = Static<typeof actions>;

export const decision = Type.Object(
  {
    id: Type.String(),
    at: instant('when it was decided'),
    playbook: Type.String(),
    name: Type.String(),
    arm: armName,
    channel: oneOf(CHANNELS),
    isSimulated: Type.Boolean(),
    discountPercent: orNull(Type.Number()),
    message: orNull(state),
    reason: orNull(Type.String({ description: 'why the message was cancelled or failed' })),
    redeemedAt: orNull(instant('when the coupon was used')),
    maturesAt: instant('when the outcome is known'),
    outcome: orNull(Type.Object({ purchased: Type.Boolean(), revenueMinor: money('within the window') })),
  },
  { title: 'Decision' },
);

const iso = (at: number | null) => (at === null ? null : toIso(at));

export const toDecision = (view: DecisionView): Static<typeof decision> => ({
  id: view.id,
  at: toIso(view.at),
  playbook: view.playbook,
  name: playbookName(view.playbook),
  arm: view.arm,
  channel: view.channel as Static<typeof decision>['channel'],
  isSimulated: view.isSimulated,
  discountPercent: view.discountPercent,
  message: view.message,
  reason: view.reason,
  redeemedAt: iso(view.redeemedAt),
  maturesAt: toIso(view.maturesAt),
  outcome: view.outcome && { purchased: view.outcome.purchased, revenueMinor: view.outcome.revenueMinor },
});

export const toMessage = (view: MessageView): Static<typeof message> => ({
  decisionId: view.decisionId,
  customer: view.customer,
  playbook: view.playbook,
  name: playbookName(view.playbook),
  channel: view.channel as Static<typeof message>['channel'],
  origin: view.origin as Static<typeof message>['origin'],
  subject: view.subject,
  body: view.body,
  at: toIso(view.at),
  sentAt: iso(view.sentAt),
  state: view.state,
  reason: view.reason,
});

/** Everything done so far, in counts, and the latest messages. */
export async function readActions(db: Transaction, shop: string): Promise<Actions> {
  const decided = await countDecisions(db, { shop });
  const outcomes = await countOutcomes(db, { shop });
  const skips = await countSkips(db, { shop });
  const states = await countMessages(db, { shop });
  const messages = await listMessages(db, { shop, limit: MESSAGES });
  return {
    decisions: decided.map(({ playbook, arm, count }) => {
      const outcome = outcomes.find((o) => o.playbook === playbook && o.arm === arm);
      const { settled = 0, purchased = 0 } = outcome ?? {};
      return { playbook, name: playbookName(playbook), arm, count, settled, purchased };
    }),
    skipped: sumBy(skips, (skip) => skip.reason).map(([reason, count]) => ({ reason, count })),
    messageStates: sumBy(states, (row) => row.state).map(([state, count]) => ({ state, count })),
    messages: messages.items.map(toMessage),
  };
}

function sumBy<Row extends { readonly count: number }, Key extends string>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): (readonly [Key, number])[] {
  const sums = new Map<Key, number>();
  for (const row of rows) sums.set(keyOf(row), (sums.get(keyOf(row)) ?? 0) + row.count);
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}
