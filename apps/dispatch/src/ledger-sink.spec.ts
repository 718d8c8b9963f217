import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  countDecisions,
  countMessages,
  countOutcomes,
  countSkips,
  type Database,
  listDecisions,
  listExperiments,
  listMessages,
} from '@holdfast/postgres';
import { DEFAULT_RULES, effectOf } from '@holdfast/policy';
import { DAY, HOUR } from '@holdfast/schemas';

import { apply, everything, type LedgerServer, startLedgerServer, VOICE } from './fixtures/ledger.js';
import {
  consented,
  crossed,
  identified,
  NOON,
  purchased,
  recovered,
  redeemed,
  refunded,
  type RiskRecord,
  tick,
  ticks,
} from './fixtures/risk-records.js';
import { ledgerSink } from './ledger-sink.js';

const shop = 'main';
let server: LedgerServer;
beforeAll(async () => {
  server = await startLedgerServer();
});
afterAll(() => server.stop());

/** Customers by the hundred. */
const names = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`);
const decided = async (database: Database, customer: string) =>
  (await listDecisions(database, { shop, customer })).items;
const skips = async (database: Database) => (await countSkips(database, { shop })).map((s) => [s.reason, s.count]);

describe('the dispatch sink', () => {
  it('makes its coupon key anew when the transaction that made it was rolled back', async () => {
    const database = await server.create();
    let installed = 0;
    const sink = ledgerSink({
      rules: DEFAULT_RULES,
      voice: VOICE,
      installation: async () => (installed++, { partitions: 1, codeOf: (id: string) => id }),
    });
    const first = (fails: boolean) =>
      database.transaction(async (tx) => {
        await sink.apply([purchased('ann')], 0, tx);
        if (fails) throw new Error('rolled back');
      });
    await expect(first(true)).rejects.toThrow('rolled back');
    await first(false);
    sink.committed?.(0);
    await first(false);
    expect(installed).toBe(2);
  });

  it('fills both arms, and writes messages for the treated alone', async () => {
    const database = await server.create();
    await apply(
      database,
      names(300).map((name, i) => crossed(name, i % 2 ? 'high' : 'medium')),
    );
    const counts = await countDecisions(database, { shop });
    expect(counts.map(({ playbook, arm }) => `${playbook} ${arm}`)).toEqual([
      'check-in hold-out',
      'check-in treatment',
      'win-back hold-out',
      'win-back treatment',
    ]);
    const treated = counts.filter(({ arm }) => arm === 'treatment').reduce((sum, { count }) => sum + count, 0);
    const heldOut = counts.filter(({ arm }) => arm === 'hold-out').reduce((sum, { count }) => sum + count, 0);
    expect(treated + heldOut).toBeGreaterThan(250);
    const messages = await countMessages(database, { shop });
    expect(messages.every(({ state }) => state === 'no-channel')).toBe(true);
    expect(messages.reduce((sum, { count }) => sum + count, 0)).toBe(treated);
  });

  it('gives an offer with its own code in the win-back, and none in the check-in', async () => {
    const database = await server.create();
    await apply(
      database,
      [...names(20).map((n) => crossed(n, 'high')), ...names(20).map((n) => crossed(`m${n}`, 'medium'))],
      {
        rules: { holdOutShare: 0 },
      },
    );
    const { items } = await listMessages(database, { shop, limit: 500 });
    const codes = items.map(({ body }) => /\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(body)?.[0]);
    const offers = items.filter(({ playbook }) => playbook === 'win-back').length;
    expect(offers).toBe(20);
    expect(new Set(codes.filter(Boolean)).size).toBe(20);
    expect(items.filter(({ playbook, body }) => playbook === 'check-in' && /%|\d{4}/.test(body))).toEqual([]);
  });

  it('keeps silent without consent, and after it has been withdrawn', async () => {
    const database = await server.create();
    const records = [consented('yes', true), consented('no', true), consented('no', false)];
    await apply(database, [...records, ...['yes', 'no', 'unknown'].map((n) => crossed(n, 'high'))], {
      rules: { consentByDefault: false },
    });
    expect(await skips(database)).toEqual([['no-consent', 2]]);
    expect(await decided(database, 'yes')).toHaveLength(1);
  });

  it('assumes consent where nobody will be contacted, unless it was refused', async () => {
    const database = await server.create();
    const records = [
      consented('no', false),
      crossed('no', 'high', { origin: 'replay' }),
      crossed('c', 'high', { origin: 'import' }),
    ];
    await apply(database, records, { rules: { consentByDefault: false, holdOutShare: 0, channels: ['email'] } });
    expect(await skips(database)).toEqual([['no-consent', 1]]);
    expect(await countMessages(database, { shop })).toEqual([{ playbook: 'win-back', state: 'simulated', count: 1 }]);
  });

  it('leaves a customer in peace while a decision is open, and caps a month', async () => {
    const database = await server.create();
    const at = (days: number) => ({ at: NOON + days * DAY });
    await apply(database, [
      crossed('c', 'medium', at(0)),
      crossed('c', 'high', at(3)),
      recovered('c', at(4)),
      crossed('c', 'medium', at(5)),
      crossed('c', 'high', at(20)),
      crossed('c', 'high', at(31)),
    ]);
    expect((await decided(database, 'c')).map((d) => (d.at - NOON) / DAY)).toEqual([31, 5, 0]);
    expect(await skips(database)).toEqual([
      ['frequency-cap', 1],
      ['open-decision', 1],
    ]);
  });

  it('waits for the end of the quiet hours, and drops what would expire in them', async () => {
    const database = await server.create();
    const night = Date.UTC(2026, 5, 1, 23, 30);
    await apply(database, [
      crossed('late', 'high', { at: night }),
      crossed('brief', 'high', { at: night, expiresAt: night + HOUR }),
    ]);
    const [late] = await decided(database, 'late');
    expect([late!.at, late!.sendAt]).toEqual([night, Date.UTC(2026, 5, 2, 8)]);
    expect(await skips(database)).toEqual([['expires-before-send', 1]]);
  });

  it('never spends more than a day grants, ghosts included', async () => {
    const database = await server.create();
    const rules = { daily: { costMinor: 2_600, messages: 1_000 }, holdOutShare: 0.5 };
    await apply(
      database,
      names(9).map((n) => crossed(n, 'high')),
      { rules, batch: 2 },
    );
    await apply(database, [crossed('next day', 'high', { at: NOON + DAY })], { rules });
    const counts = await countDecisions(database, { shop });
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(5 + 1);
    expect(await skips(database)).toEqual([['budget', 4]]);
  });

  it('settles by the purchases of the window alone, and notes the code', async () => {
    const database = await server.create();
    const rules = { holdOutShare: 0, marginRate: 0.4 };
    await apply(database, [...['in', 'late', 'never'].map((n) => crossed(n, 'high'))], { rules });
    const code = (await decided(database, 'in'))[0]!.code!;
    await apply(
      database,
      [
        redeemed('in', NOON + DAY, code.toLowerCase()),
        purchased('in', { at: NOON + DAY, amountMinor: 900, coupon: code }),
        purchased('never', { at: NOON + DAY, amountMinor: 50, coupon: code }),
        refunded('never', NOON + 2 * DAY, 50),
        ...ticks(NOON + 3 * DAY, NOON + 30 * DAY - 1),
        purchased('late', { at: NOON + 30 * DAY + 1 }),
        tick(NOON + 30 * DAY),
      ],
      { rules, batch: 7 },
    );
    const [found] = await decided(database, 'in');
    // Full price 1000, goods 600, paid 900.
    expect(found!.outcome).toEqual({ purchased: true, orders: 1, revenueMinor: 900, marginMinor: 300 });
    expect(found!.redeemedAt).toBe(NOON + DAY);
    expect((await decided(database, 'never'))[0]!.outcome).toMatchObject({ purchased: true, revenueMinor: 0 });
    expect((await decided(database, 'late'))[0]!.outcome).toMatchObject({ purchased: false, revenueMinor: 0 });
    expect(await countOutcomes(database, { shop })).toEqual([
      { playbook: 'win-back', arm: 'treatment', settled: 3, purchased: 2 },
    ]);
    expect(await countOutcomes(database, { shop, until: NOON + 29 * DAY })).toEqual([
      { playbook: 'win-back', arm: 'treatment', settled: 0, purchased: 0 },
    ]);
  });

  it('yields the same however the records are cut, and nothing new when they come again', async () => {
    const records = story();
    const whole = await server.create();
    await apply(whole, records);
    const expected = await everything(whole);
    for (const rows of Object.values(expected)) expect(rows.length).toBeGreaterThan(0);
    for (const batch of [1, 7]) {
      const cut = await server.create();
      await apply(cut, records, { batch });
      expect(await everything(cut)).toEqual(expected);
    }
    await apply(whole, records, { batch: 11 });
    expect(await everything(whole)).toEqual(expected);
  });

  it('settles any number of decisions at once without holding all of them', async () => {
    // The clock stood still for a hundred days: one tick finds every window closed.
    const records = story().filter(({ kind }) => kind === 'record');
    const overdue = [tick(NOON + 100 * DAY), crossed('new', 'high', { at: NOON + 100 * DAY }), tick(NOON + 101 * DAY)];
    const whole = await server.create();
    await apply(whole, [...records, ...overdue]);
    const cut = await server.create();
    await apply(cut, records);
    let most = 0;
    await apply(cut, overdue, { mostDue: 3, yielded: (rows) => (most = Math.max(most, rows)) });
    const settled = (await countOutcomes(cut, { shop })).reduce((sum, { settled }) => sum + settled, 0);
    expect(settled).toBeGreaterThan(60);
    expect(most).toBeLessThan(20);
    expect(await everything(cut)).toEqual(await everything(whole));
  });

  it('measures the effect by the first decision of each customer', async () => {
    const database = await server.create();
    const records: RiskRecord[] = names(900).map((n) => crossed(n, 'medium', { origin: 'replay' }));
    records.push(...names(900).flatMap((n, i) => (i % 3 ? [] : [purchased(n, { at: NOON + DAY })])));
    records.push(
      ...names(100).map((n) => crossed(n, 'medium', { origin: 'replay', at: NOON + 20 * DAY })),
      tick(NOON + 60 * DAY),
    );
    await apply(database, records, { rules: { holdOutShare: 0.4 } });
    const [experiment] = await listExperiments(database, shop);
    const effect = effectOf(experiment!);
    expect(effect.treatment.settled + effect.holdOut.settled).toBe(900);
    expect(effect.treatment.purchased + effect.holdOut.purchased).toBe(300);
    expect(effect.sampleRatio.isBroken).toBe(false);
    expect(effect.purchaseRate!.interval.low).toBeLessThan(0);
    expect(effect.purchaseRate!.interval.high).toBeGreaterThan(0);
    expect(effect.sentence).toContain('nobody was contacted');
  });
});

/** Forty customers over three months, with everything that can happen to them. */
function story(): RiskRecord[] {
  const dated = names(40).flatMap((name, i) => {
    const at = (days: number) => ({ at: NOON + days * DAY + i * 7 * HOUR, origin: i % 2 ? 'live' : 'replay' }) as const;
    const coupon = i % 4 ? {} : { coupon: 'NONE-SUCH-CODE' };
    return [
      ...(i % 5 ? [] : [consented(name, i % 2 === 0, at(0).at)]),
      identified(name, `${name}@shop.test`, at(0).at),
      crossed(name, i % 3 ? 'medium' : 'high', at(1)),
      crossed(name, 'high', at(4)),
      purchased(name, { ...at(2 + (i % 9)), ...coupon }),
      recovered(name, at(2 + (i % 9))),
      crossed(name, 'medium', at(15)),
      ...(i % 2 ? [] : [purchased(name, at(30 + i / 10))]),
      crossed(name, 'high', at(50)),
      refunded(name, at(55).at, 1_000),
    ];
  });
  const timeOf = (record: RiskRecord) => (record.kind === 'tick' ? record.at : record.value.at);
  return [...dated, ...ticks(NOON, NOON + 100 * DAY)].sort((a, b) => timeOf(a) - timeOf(b));
}
