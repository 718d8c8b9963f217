// GET /api/summary: counts up to an instant, sorted, so that two runs can be compared.
import { countCrossings, countCustomers, countDecisions, countOutcomes, type Transaction } from '@holdfast/postgres';
import { ARMS, fromIso } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { causeName, instant, oneOf, tierName } from './fields.js';

export const summaryQuery = Type.Object({
  until: Type.Optional(instant('count only what was true at this instant')),
});

const which = { playbook: Type.String(), arm: oneOf(ARMS) };

export const summary = Type.Object(
  {
    customers: Type.Integer({ description: 'customers first seen up to `until`' }),
    crossings: Type.Array(Type.Object({ tier: tierName, cause: causeName, count: Type.Integer() })),
    decisions: Type.Array(Type.Object({ ...which, count: Type.Integer() })),
    outcomes: Type.Array(Type.Object({ ...which, settled: Type.Integer(), purchased: Type.Integer() }), {
      description: 'of decisions whose window had closed',
    }),
  },
  { title: 'Summary' },
);
export type Summary = Static<typeof summary>;

/** Counts. Throws `RangeError` when `until` is no instant. */
export async function readSummary(db: Transaction, shop: string, until: string | undefined): Promise<Summary> {
  const limit = until === undefined ? Number.MAX_SAFE_INTEGER : fromIso(until);
  const customers = await countCustomers(db, shop, limit);
  const crossings = await countCrossings(db, shop, limit);
  const decisions = await countDecisions(db, { shop, until: limit });
  const outcomes = await countOutcomes(db, { shop, until: limit });
  return { customers, crossings: crossings as Summary['crossings'], decisions, outcomes };
}
