// A made-up shop for tests and screenshots: two years of orders, silences and decisions, written the way they are written in
// earnest, through the sinks and the ledger. The same seed gives the same shop.
import { type Database, PostgresCheckpointStore, registerTopics } from '@holdfast/postgres';
import { scoringStateCodec, seededRandom, UNDOUBTED } from '@holdfast/model';
import {
  customerKey,
  DAY,
  type FeatureRecord,
  type Millis,
  partitionOf,
  type RiskData,
  type RiskEvent,
  type Tier,
  TIERS,
  toIso,
} from '@holdfast/schemas';
import { type SinkRecord } from '@holdfast/stream';

import { featuresSink } from './features-sink.js';
import { riskSink } from './risk-sink.js';
import { seedDecisions } from './seeded-decisions.fixture.js';

const PARTITIONS = 12;
const SHOP = 'main';
const LAPSE = 180;
const none = () => undefined;

export interface Seed {
  readonly customers: number;
  /** The last event is shortly before. */
  readonly now: Millis;
  readonly origin: 'live' | 'replay';
  /** Hash of the release that drew the curves. */
  readonly model: string;
  /** Customers with a name of their own. */
  readonly names?: readonly string[];
}

/** A life as the topics tell it. */
export interface Told {
  readonly features: SinkRecord<FeatureRecord>[];
  readonly risk: SinkRecord<RiskEvent>[];
  readonly crossings: (RiskData & { id: string; customer: string; at: Millis })[];
  readonly standing: { tier: Tier; lastActivityAt: Millis; medium: number; high: number; orders: number; mean: number };
}

/** Fills the database. Times and amounts are made up by seeded chance. */
export async function seedShop(db: Database, seed: Seed): Promise<void> {
  await registerTopics(db, [{ name: 'behavior.events', logId: '0badcafe', partitions: PARTITIONS }]);
  const store = new PostgresCheckpointStore(db);
  const random = seededRandom(7);
  const partitions = Array.from({ length: PARTITIONS }, () => [] as (Told & { customer: string })[]);
  for (let i = 0; i < seed.customers; i++) {
    const customer = seed.names?.[i] ?? String(12_346 + i * 7);
    const partition = partitionOf(customerKey(SHOP, customer), PARTITIONS);
    partitions[partition]!.push({ customer, ...lifeOf(customer, seed, random) });
  }
  for (const [partition, lives] of partitions.entries()) {
    await db.transaction(async (tx) => {
      await featuresSink(none).apply(
        lives.flatMap((life) => life.features),
        partition,
        tx,
      );
      await riskSink(none).apply(
        lives.flatMap((life) => life.risk),
        partition,
        tx,
      );
      await seedDecisions(tx, partition, seed, lives.flatMap((life) => life.crossings)); // prettier-ignore
    });
    const owned = (await store.own({ task: 'scoring', partition }, 1))!;
    const customers = lives.map(({ customer, standing }) => ({
      key: customerKey(SHOP, customer),
      state: { version: scoringStateCodec.version, bytes: scoringStateCodec.encode(stateOf(customer, standing, seed)) },
      inSequence: 1,
      outSequence: 1,
      wakeAt: null,
    }));
    const progress = { ...owned.progress, now: seed.now };
    await store.save({ task: 'scoring', partition, epoch: owned.epoch, progress, customers, messageIds: [] }, 1);
  }
}

/** Orders at a rhythm, sometimes a long pause; crossings wherever a pause is long enough. */
function lifeOf(customer: string, { now, origin, model }: Seed, random: () => number): Told {
  const rhythm = 12 + 55 * random();
  const medium = rhythm * (1.1 + 0.6 * random());
  const high = medium * (1.3 + 0.4 * random());
  const mean = Math.round(1_500 + 18_000 * random() ** 2);
  const features: Told['features'] = [];
  const risk: Told['risk'] = [];
  const crossings: Told['crossings'] = [];
  let tier: Tier = 'low';
  let spend = 0;
  let at = Math.round(now - (30 + 700 * random()) * DAY);
  const first = at;
  const tell = (to: Tier, when: Millis, cause: 'event' | 'silence', silenceDays: number) => {
    const level = { low: 0.28, medium: 0.6, high: 0.78, lapsed: 0.93 }[to] + (cause === 'event' ? 0.05 * random() : 0);
    const ahead = [['medium', medium], ['high', high], ['lapsed', LAPSE]] as const; // prettier-ignore
    const data: RiskData = {
      origin,
      tier: { from: tier, to },
      threshold: to === 'medium' ? 0.6 : to === 'high' ? 0.78 : null,
      thresholdsVersion: 'seed',
      risk: level,
      cause,
      silenceDays,
      forecast: ahead
        .filter(([name]) => TIERS.indexOf(name) > TIERS.indexOf(to))
        .map(([name, days]) => ({ tier: name, at: toIso(Math.round(when + (days - silenceDays) * DAY)) })),
      valueAtRiskMinor: Math.round(level * mean),
      orders: features.length,
      reasons: [
        { name: 'silence', weight: cause === 'silence' ? 1.6 : 0.1 },
        { name: 'history', weight: -0.7 + 1.2 * random() },
        { name: 'event', weight: cause === 'event' ? 1.1 : -0.2 },
      ],
      model,
    };
    const crossed = TIERS.indexOf(to) > TIERS.indexOf(tier);
    const type = crossed ? 'churn.risk.crossed.v1' : 'churn.risk.recovered.v1';
    const id = `risk-${customer}-${risk.length}`;
    const value = { type, shop: SHOP, customer, at: when, data } as RiskEvent;
    risk.push({ kind: 'record', key: customerKey(SHOP, customer), id, at: when, sequence: risk.length + 1, value });
    if (crossed) crossings.push({ ...data, id, customer, at: when });
    tier = to;
  };
  for (;;) {
    const amount = Math.round(mean * (0.5 + random()));
    spend += amount;
    features.push(purchase(customer, { at, first, amount, orders: features.length + 1, spend, origin }));
    if (tier !== 'low') tell('low', at, 'event', 0);
    else if (random() < 0.06) tell('high', at, 'event', 0);
    const pause = rhythm * (0.3 + 1.2 * random()) * (random() < 0.12 ? 4 : 1);
    const until = Math.min(now, at + pause * DAY);
    for (const [to, days] of [
      ['medium', medium],
      ['high', high],
      ['lapsed', LAPSE],
    ] as const)
      // prettier-ignore
      if (at + days * DAY < until && TIERS.indexOf(to) > TIERS.indexOf(tier)) tell(to, Math.round(at + days * DAY), 'silence', days);
    if (at + pause * DAY >= now) break;
    at = Math.round(at + pause * DAY);
  }
  return {
    features,
    risk,
    crossings,
    standing: { tier, lastActivityAt: at, medium, high, orders: features.length, mean },
  };
}

interface Order {
  readonly at: Millis;
  readonly first: Millis;
  readonly amount: number;
  readonly orders: number;
  readonly spend: number;
  readonly origin: 'live' | 'replay';
}

function purchase(customer: string, { at, first, amount, orders, spend, origin }: Order): SinkRecord<FeatureRecord> {
  const id = `order-${customer}-${orders}`;
  const value: FeatureRecord = {
    shop: SHOP, customer, messageId: id, type: 'purchase', at, occurredAt: at, origin, kind: 'activity', late: false, x: [], w: [],
    featureSet: 'seed', firstSeenAt: first, lastActivityAt: at, lastPurchaseAt: at, orderId: `5${String(Math.round(at / 1e6) % 1e5)}`, amountMinor: amount,
    profile: { events: orders, sessions: orders, orders, spendMinor: spend },
  }; // prettier-ignore
  return { kind: 'record', key: customerKey(SHOP, customer), id, at, sequence: orders, value };
}

/** Scoring's state, with a curve that reaches .6 and .78 at the crossings told. */
function stateOf(customer: string, s: Told['standing'], { model }: Seed) {
  const logit = (days: number) =>
    0.4 + (0.86 * Math.log((1 + days) / (1 + s.medium))) / Math.log((1 + s.high) / (1 + s.medium));
  return {
    shop: SHOP, customer, model, h: new Float32Array(2), c: new Float32Array(2), curve: Float32Array.from(KNOTS, logit), counters: new Float32Array(), steps: new Uint8Array(), tier: TIERS.indexOf(s.tier) as 0 | 1 | 2 | 3,
    lastActivityAt: s.lastActivityAt, origin: 0, importedAt: 0, toldUntil: 0, source: '', lost: 0, crossings: [], tiers: [], ...UNDOUBTED, orders: s.orders, meanOrderMinor: s.mean, logitBefore: -1.4, logitAfter: logit(0),
  }; // prettier-ignore
}

/** Silences at which the seeded curves are drawn, days. */
export const KNOTS = [0, 1, 2, 4, 7, 11, 16, 23, 32, 45, 60, 80, 105, 140, 180];
