// After a batch is folded: what it has changed, in bulk, one statement a table. Decisions, codes and the messages of the treated;
// skips; what later came of decisions; what was heard of customers; the budget that is spent. And the intervention events that some
// of it is, into the outbox: all in the transaction of the batch, so that it happens wholly or not at all.
import {
  addToOutbox,
  closeDecisions,
  redeemCoupons,
  saveConsents,
  saveContacts,
  saveCoupons,
  saveDecisions,
  saveMessages,
  savePayments,
  saveSkips,
  saveSpending,
  settleDecisions,
  type Transaction,
} from '@holdfast/postgres';
import { type Change, type LedgerBook, NOTHING_SPENT, spendingKey } from '@holdfast/policy';
import { customerKey } from '@holdfast/schemas';

import { eventOf } from './intervention-events.js';
import { textFor, type Voice } from './texts.js';

/** What is written besides the changes themselves. */
export interface SaveOptions {
  readonly partition: number;
  /** Channels that are set up; a message for any other is kept to be read. */
  readonly channels: readonly string[];
  readonly voice: Voice;
}

/** Writes what a batch has changed. `book`: as it is after the fold. */
export async function saveChanges(
  tx: Transaction,
  { changes, book }: { readonly changes: readonly Change[]; readonly book: LedgerBook },
  { partition, channels, voice }: SaveOptions,
): Promise<void> {
  const of = <K extends Change['kind']>(kind: K) =>
    changes.filter((change): change is Extract<Change, { kind: K }> => change.kind === kind);
  const assigned = of('assigned');
  const decisions = assigned.map(({ decision, code }) => ({ ...decision, code }));

  await savePayments(
    tx,
    of('payment').map(({ shop, customer, payment }) => ({ shop, customer, ...payment })),
  );
  await saveConsents(
    tx,
    lastOf(of('consent'), (c) => `${customerKey(c.shop, c.customer)}\u0000${c.channel}`),
  );
  await saveContacts(
    tx,
    lastOf(of('address'), (c) => customerKey(c.shop, c.customer)),
  );
  await saveDecisions(tx, partition, decisions);
  await saveCoupons(tx, decisions);
  await saveSkips(tx, of('skipped'));
  await closeDecisions(
    tx,
    of('closed').map(({ shop, decisionId, at }) => ({ shop, id: decisionId, at })),
  );
  await redeemCoupons(
    tx,
    of('redeemed').map(({ coupon, at }) => ({ shop: coupon.shop, code: coupon.code, at })),
  );
  await settleDecisions(
    tx,
    of('settled').map(({ decision: { shop, id, maturesAt }, outcome }) => ({
      shop,
      id,
      settledAt: maturesAt,
      ...outcome,
    })),
  );
  await saveMessages(
    tx,
    partition,
    decisions
      .filter(({ arm }) => arm === 'treatment')
      .map((d) => ({
        ...d,
        decisionId: d.id,
        ...textFor(d, voice),
        state: d.isSimulated ? 'simulated' : channels.includes(d.channel) ? 'queued' : 'no-channel',
      })),
  );
  const slices = lastOf(
    assigned.map(({ decision: { shop, isSimulated }, day }) => ({ shop, day, isSimulated })),
    ({ shop, day, isSimulated }) => spendingKey(shop, day, isSimulated),
  );
  await saveSpending(
    tx,
    partition,
    slices.map((slice) => ({
      ...slice,
      ...(book.spending.get(spendingKey(slice.shop, slice.day, slice.isSimulated)) ?? NOTHING_SPENT),
    })),
  );
  await addToOutbox(
    tx,
    changes.flatMap((change) => eventOf(change, partition) ?? []),
  );
}

/** One statement may change a row once only: of several items with one key, the last. */
const lastOf = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
];
