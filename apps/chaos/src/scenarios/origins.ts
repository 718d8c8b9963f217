// What a replay and imports must and must not lead to: customers are called replayed-, clicker- and imported- and a number.
import { BEHAVIOR_EVENTS, CUSTOMER_FEATURES, toIso } from '@holdfast/schemas';

import { type Arena } from '../arena/arena.js';
import { historyOf } from '../arena/history.js';

/** A tick follows an import within this, ms. */
const JUST_BEFORE_MS = 100;

/** Imports of ours in the log that a tick follows at once. */
export async function importsBeforeTicks({ grounds }: Arena): Promise<number> {
  const said = await historyOf(grounds.broker, BEHAVIOR_EVENTS);
  return said.filter(({ partition, value }, n) => {
    if (value?.origin !== 'import') return false;
    const next = said.slice(n).find((later) => later.partition === partition && later.customer === null);
    return next !== undefined && next.at - value.importedAt! < JUST_BEFORE_MS;
  }).length;
}

/** Who was replayed, clicked meanwhile, or crossed before the import was made, has been decided about and not been written to. */
export async function examineOrigins(arena: Arena, lines: number): Promise<string[]> {
  const { broker, database, receivers } = arena.grounds;
  const faults: string[] = [];
  const features = await historyOf(broker, CUSTOMER_FEATURES);
  const replayed = features.filter(({ customer }) => customer?.startsWith('replayed-')).length;
  if (replayed !== lines) faults.push(`${lines} lines were replayed, and ${replayed} took effect.`);

  const importedAt = new Map(features.map(({ customer, value }) => [customer, value?.importedAt ?? 0]));
  const sent = new Set(receivers.deliveries.map(({ decisionId }) => decisionId));
  const decisions = await database.query<{ id: string; customer: string; at: string; origin: string }>(
    'select id, customer, at, origin from decisions',
  );
  const delivered = decisions.filter(({ id }) => sent.has(id));
  for (const { customer, at, origin } of delivered) {
    const isOfReplay = /^(replayed|clicker)-/.test(customer);
    const isOfImport = customer.startsWith('imported-') && Number(at) <= importedAt.get(customer)!;
    if (isOfReplay || isOfImport || origin !== 'live')
      faults.push(`${customer} was written to about a crossing at ${toIso(Number(at))} of origin ${origin}.`);
  }
  if (delivered.length === 0) faults.push('Nobody was written to at all: that nobody was in vain shows nothing.');
  for (const origin of ['replay', 'import'])
    if (!decisions.some((decision) => decision.origin === origin))
      faults.push(`Nothing was decided about a crossing of origin ${origin}: that nothing was sent shows nothing.`);
  return faults;
}
