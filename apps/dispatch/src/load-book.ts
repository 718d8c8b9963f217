// Before a batch is folded: what the ledger knows of its customers, in a few queries, whatever the number of records. Makes the
// `LedgerBook` that the fold reads and changes (policy: ledger-book.ts).
import { type CustomerName, loadConsents, loadContacts, loadCoupons, loadDue, loadKnownDecisions, loadPastDecisions, loadPayments, loadSpending, loadUnits, type PaymentSpan, type SliceName, type Transaction } from '@holdfast/postgres'; // prettier-ignore
import {
  couponKey,
  customerBookOf,
  dayOf,
  decisionIdOf,
  emptyLedgerBook,
  isSimulated,
  type LedgerBook,
  type LedgerRecord,
  plainCode,
  playbookFor,
  type Rules,
  spendingKey,
  unitKey,
} from '@holdfast/policy';
import {
  type Channel,
  customerKey,
  DAY,
  fromIso,
  type Millis,
  type RiskEvent,
  type RiskType,
  toIso,
} from '@holdfast/schemas';

type OfType<T extends RiskType> = Extract<LedgerRecord, { kind: 'record' }> & {
  readonly value: Extract<RiskEvent, { type: T }>;
};

const END_OF_TIME: Millis = Number.MAX_SAFE_INTEGER;

/** Where the records are from and what applies there. `mostDue`: no more unsettled decisions than that are loaded. */
interface LoadOptions {
  readonly partition: number;
  readonly rules: Rules;
  readonly mostDue: number;
}

/** Loads the part of the ledger that `records` of one partition may touch. */
export async function loadBook(
  tx: Transaction,
  records: readonly LedgerRecord[],
  { partition, rules, mostDue }: LoadOptions,
): Promise<LedgerBook> {
  const book = emptyLedgerBook();
  const of = <T extends RiskType>(...types: T[]) =>
    records.filter((r): r is OfType<T> => r.kind === 'record' && (types as string[]).includes(r.value.type));
  const crossings = of('churn.risk.crossed.v1').filter((r) => playbookFor(r.value.data.tier.to));
  const purchases = of('customer.purchased.v1');
  const lastTick = records.reduce((last, r) => (r.kind === 'tick' ? Math.max(last, r.at) : last), -Infinity);

  if (lastTick > -Infinity) book.due = await loadDue(tx, { partition, until: lastTick, limit: mostDue });
  await loadPeople(tx, book, {
    crossings,
    consents: of('customer.consent-changed.v1'),
    names: of('customer.identified.v1'),
  });
  const closers = [...purchases, ...of('churn.risk.recovered.v1')];
  await loadDecisions(tx, book, { crossings, closers, corrections: of('churn.risk.corrected.v1'), rules });
  await loadPaid(tx, book, { crossings, payments: [...purchases, ...of('customer.refunded.v1')] });
  await loadCodes(tx, book, [...purchases, ...of('customer.redeemed.v1')]);
  await loadBudget(tx, book, { crossings, partition, rules });
  return book;
}

type Crossings = readonly OfType<'churn.risk.crossed.v1'>[];
type Corrections = readonly OfType<'churn.risk.corrected.v1'>[];
type Records = readonly OfType<RiskType>[];
/** Of the crossing that is taken back. */
const takenBackAt = ({ value }: Corrections[number]): Millis => fromIso(value.data.corrects ?? toIso(value.at));

/** Each customer of some records once. */
const customersOf = (...groups: Records[]): CustomerName[] => [
  ...new Map(groups.flat().map(({ value }) => [customerKey(value.shop, value.customer), value])).values(),
];
const firstAt = (records: Records): Millis => records.reduce((first, r) => Math.min(first, r.value.at), END_OF_TIME);

async function loadPeople(
  tx: Transaction,
  book: LedgerBook,
  { crossings, consents, names }: { crossings: Records; consents: Records; names: Records },
) {
  const asked = customersOf(crossings, consents);
  if (asked.length > 0)
    for (const { shop, customer, channel, granted, at } of await loadConsents(tx, asked))
      customerBookOf(book, shop, customer).consents.set(channel as Channel, { granted, at });
  const addressed = customersOf(crossings, names);
  if (addressed.length > 0)
    for (const { shop, customer, email, at } of await loadContacts(tx, addressed))
      customerBookOf(book, shop, customer).email = { address: email, at };
}

async function loadDecisions(
  tx: Transaction,
  book: LedgerBook,
  {
    crossings,
    closers,
    corrections,
    rules,
  }: { crossings: Crossings; closers: Records; corrections: Corrections; rules: Rules },
) {
  const customers = customersOf(crossings, closers, corrections);
  if (customers.length === 0) return;
  const firstCrossingAt = firstAt(crossings);
  const span = {
    since: Math.min(firstCrossingAt - rules.cap.days * DAY, ...corrections.map(takenBackAt)) - 1,
    openSince: Math.min(firstCrossingAt, firstAt(closers)),
  };
  for (const past of await loadPastDecisions(tx, customers, span))
    customerBookOf(book, past.shop, past.customer).decisions.push(past);
  if (crossings.length === 0) return;
  for (const { shop, customer, playbook, isSimulated: simulated, ...arm } of await loadUnits(
    tx,
    customersOf(crossings),
  ))
    customerBookOf(book, shop, customer).units.set(unitKey(playbook, simulated), arm);
  const ids = crossings.map(({ id, value }) => ({
    shop: value.shop,
    id: decisionIdOf(id, playbookFor(value.data.tier.to)!.id),
  }));
  for (const id of await loadKnownDecisions(tx, ids)) book.known.add(id);
}

/** Payments that settle what is due, that came after a crossing, or that are in the batch once more. */
async function loadPaid(
  tx: Transaction,
  book: LedgerBook,
  { crossings, payments }: { crossings: Records; payments: Records },
) {
  const spans: PaymentSpan[] = [
    ...book.due.map(({ shop, customer, at, maturesAt }) => ({ shop, customer, from: at, until: maturesAt })),
    ...crossings.map(({ value: { shop, customer, at } }) => ({ shop, customer, from: at, until: END_OF_TIME })),
    ...payments.map(({ value: { shop, customer, at } }) => ({ shop, customer, from: at, until: at })),
  ];
  if (spans.length === 0) return;
  for (const payment of await loadPayments(tx, spans)) {
    customerBookOf(book, payment.shop, payment.customer).payments.push(payment);
    book.known.add(payment.id);
  }
}

async function loadCodes(
  tx: Transaction,
  book: LedgerBook,
  records: readonly OfType<'customer.purchased.v1' | 'customer.redeemed.v1'>[],
) {
  const used = new Map<string, { shop: string; code: string }>();
  for (const { value } of records) {
    const { coupon } = value.data;
    if (coupon === undefined) continue;
    used.set(couponKey(value.shop, coupon), { shop: value.shop, code: plainCode(coupon) });
  }
  if (used.size === 0) return;
  for (const coupon of await loadCoupons(tx, [...used.values()]))
    book.coupons.set(couponKey(coupon.shop, coupon.code), coupon);
}

async function loadBudget(
  tx: Transaction,
  book: LedgerBook,
  { crossings, partition, rules }: { crossings: Crossings; partition: number; rules: Rules },
) {
  const slices = new Map<string, SliceName>();
  for (const { value } of crossings) {
    const slice = {
      shop: value.shop,
      day: dayOf(value.at, rules.timeZone),
      isSimulated: isSimulated(value.data.origin),
    };
    slices.set(spendingKey(slice.shop, slice.day, slice.isSimulated), slice);
  }
  if (slices.size === 0) return;
  for (const { shop, day, isSimulated: simulated, ...spent } of await loadSpending(tx, partition, [...slices.values()]))
    book.spending.set(spendingKey(shop, day, simulated), spent);
}
