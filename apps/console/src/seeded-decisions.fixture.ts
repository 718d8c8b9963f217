// Decisions, messages and outcomes of the made-up shop.
import {
  type DecisionInsert,
  saveDecisions,
  saveMessages,
  saveSkips,
  settleDecisions,
  type Transaction,
} from '@holdfast/postgres';
import { DAY } from '@holdfast/schemas';

import { type Seed, type Told } from './seeded-shop.fixture.js';

/** Decides about crossings roughly as dispatch would: some are passed over, one in ten is left alone. */
export async function seedDecisions(
  tx: Transaction,
  partition: number,
  { now, origin }: Seed,
  crossings: Told['crossings'],
) {
  const units = new Set<string>();
  const isFirst = (unit: string) => units.size < units.add(unit).size;
  const decisions = crossings
    .filter((c) => c.tier.to !== 'lapsed')
    .map((c, i): DecisionInsert => {
      const playbook = c.tier.to === 'high' ? 'win-back' : 'check-in';
      const code = playbook === 'win-back' ? `BACK-${c.id.slice(5)}` : null;
      return {
        id: c.id, shop: 'main', customer: c.customer, playbook, origin, isSimulated: origin === 'replay', arm: i % 10 === 3 ? 'hold-out' : 'treatment',
        propensity: i % 10 === 3 ? 0.1 : 0.9, isUnit: isFirst(`${c.customer} ${playbook}`), channel: 'email',
        discountPercent: code ? 10 : null, costMinor: 10, code, at: c.at, sendAt: c.at, expiresAt: null, openUntil: c.at + 30 * DAY,
        maturesAt: c.at + 30 * DAY, risk: c.risk, priorOrders: c.orders, priorSpendMinor: 1000 * c.orders,
      }; // prettier-ignore
    });
  const made = decisions.filter((_, i) => i % 5 !== 4);
  await saveDecisions(tx, partition, made);
  await saveSkips(
    tx,
    decisions.filter((_, i) => i % 5 === 4).map((d) => ({ ...d, reason: 'frequency-cap' })),
  );
  await saveMessages(
    tx,
    partition,
    made.filter((d) => d.arm === 'treatment').map((d) => ({
      ...d,
      decisionId: d.id,
      subject: d.code ? '10 % off your next order' : 'Is everything all right with your last order?',
      body: d.code ? `Hello,\n\nit has been a while, and we would like to see you again.\n\n    ${d.code}` : 'Hello,\n\nwe have not heard from you for a while.',
      state: origin === 'replay' ? 'simulated' as const : 'no-channel' as const,
    })),
  ); // prettier-ignore
  const settled = made.filter((d) => d.maturesAt <= now);
  await settleDecisions(tx, settled.map((d, i) => {
    const purchased = (i * 7) % 10 < (d.arm === 'treatment' ? 3 : 2);
    return { shop: 'main', id: d.id, settledAt: d.maturesAt, purchased, orders: Number(purchased), revenueMinor: purchased ? 4200 : 0, marginMinor: purchased ? 1700 : 0 };
  })); // prettier-ignore
}
