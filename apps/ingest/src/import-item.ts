// What /v1/import takes besides Segment messages: behaviour events that are mapped already, and ticks of a replay.
import { type BehaviorEvent, behaviorEventWire, type Millis } from '@holdfast/schemas';
import { Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';

import { clientInstant } from './client-instant.js';
import { type Json } from './fields.js';
import { type Rates } from './rates.js';
import { type Refusal, type RefusalReason } from './refusal.js';

const { shop, receivedAt, origin, ...rest } = behaviorEventWire.properties;
// Shop and origin follow from the key and the clock; a record time is that of the event unless said otherwise.
const importWire = Type.Object(
  { ...rest, shop: Type.Optional(shop), receivedAt: Type.Optional(receivedAt), origin: Type.Optional(origin) },
  { additionalProperties: false },
);
const compiled = TypeCompiler.Compile(importWire);

/** What ingest knows about an import. */
export interface ImportTerms {
  readonly shop: string;
  readonly rates: Rates;
  readonly origin: 'import' | 'replay';
  /** Wall clock: nothing is imported from the future. */
  readonly now: Millis;
  readonly isReplaying: boolean;
  readonly mayReplay: boolean;
}

/** True for `{ type: <our vocabulary>, occurredAt }`; Segment messages have no `occurredAt`. */
export const isMapped = (item: Json): boolean => 'occurredAt' in item;
export const isTick = (item: Json): boolean => item['type'] === 'tick';

const refusal = (reason: RefusalReason, pointer: string, message: string): Refusal => ({ reason, pointer, message });

/** Checks a behaviour event that is mapped already. */
export function readMapped(item: Json, terms: ImportTerms): BehaviorEvent | Refusal {
  if (!compiled.Check(item)) {
    const { path, message } = compiled.Errors(item).First()!;
    const fault = `does not fit docs/contracts/behavior.events-v1.json: ${message.toLowerCase()}`;
    return refusal('schema', path, `\`${path.slice(1)}\` ${fault}.`);
  }
  if (item.shop !== undefined && item.shop !== terms.shop)
    return refusal('wrong-shop', '/shop', `This write key is for the shop ${terms.shop}, not for ${item.shop}.`);
  const occurredAt = clientInstant(item.occurredAt);
  const recorded = item.receivedAt === undefined ? occurredAt : clientInstant(item.receivedAt);
  if (occurredAt === null) return badTime('occurredAt');
  if (recorded === null) return badTime('receivedAt');
  if (recorded > terms.now) return inFuture(item.receivedAt === undefined ? 'occurredAt' : 'receivedAt');
  return {
    ...item,
    shop: terms.shop,
    occurredAt: Math.min(occurredAt, recorded),
    receivedAt: recorded,
    origin: terms.origin,
    importedAt: terms.now,
    ...moneyOf(item, terms.rates),
  };
}

/** Amounts without a currency are in the base; the rate is stamped where the sender knows none. */
function moneyOf(
  { amountMinor, currency, rate }: Pick<BehaviorEvent, 'amountMinor' | 'currency' | 'rate'>,
  rates: Rates,
): Partial<BehaviorEvent> {
  if (amountMinor === undefined) return {};
  const known = currency ?? rates.base;
  return { currency: known, rate: rate ?? rates.of(known) ?? 1 };
}

/** Checks a tick: its instant, or why it is refused. */
export function readTick(item: Json, terms: ImportTerms): Millis | Refusal {
  if (!terms.isReplaying)
    return refusal('not-in-replay', '/type', 'The clock of this log is live: only Holdfast itself writes its ticks.');
  if (!terms.mayReplay)
    return refusal(
      'may-not-replay',
      '/type',
      'A tick moves the time of all shops: this write key needs `:replay` in INGEST_WRITE_KEYS.',
    );
  const at = clientInstant(item['at']);
  if (at === null) return badTime('at');
  return at > terms.now ? inFuture('at') : at;
}

const badTime = (name: string): Refusal =>
  refusal('bad-time', `/${name}`, `\`${name}\` must be a time like 2026-11-25T10:15:00Z.`);
const inFuture = (name: string): Refusal => refusal('future', `/${name}`, `\`${name}\` lies in the future.`);
