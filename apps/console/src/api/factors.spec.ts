// Of a customer whose features and risk were really computed and stored.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  COUNTER,
  FEATURE_SET_HASH,
  type OrderedFeatures,
  orderedFeaturesCodec,
  STEP_SIZE,
  takeEvent,
  WIDE_SIZE,
  wideAt,
} from '@holdfast/features';
import {
  type Artifact,
  kernelOf,
  encodeArtifact,
  type ScoringState,
  logitOf,
  scoringStateCodec,
  UNDOUBTED,
} from '@holdfast/model';
import { randomArtifact } from '@holdfast/model/fixtures';
import { PostgresCheckpointStore, registerTopics } from '@holdfast/postgres';
import { customerKey, DAY, type EventType, partitionOf } from '@holdfast/schemas';

import { Models } from '../models.js';
import { startGround } from '../running-console.fixture.js';
import { readCounterfactuals } from './counterfactuals.js';
import { readFactors } from './factors.js';
import { readFeatures } from './features-of.js';
import { readScored } from './scored.js';

const START = Date.UTC(2024, 0, 1, 12);
const PARTITIONS = 4;
const artifact: Artifact = randomArtifact({ stepSize: STEP_SIZE, wideSize: WIDE_SIZE, featureSet: FEATURE_SET_HASH });
const bytes = encodeArtifact(artifact);
const model = createHash('sha256').update(bytes).digest('hex');
const h = Float32Array.from({ length: artifact.hidden }, (_, i) => Math.sin(i));

let ground: Awaited<ReturnType<typeof startGround>>;
beforeAll(async () => {
  ground = await startGround();
  await writeFile(join(ground.models, `${model}.json`), bytes);
  await registerTopics(ground.database, [{ name: 'behavior.events', logId: '0badcafe', partitions: PARTITIONS }]);
});
afterAll(() => ground?.stop());

const HISTORY: readonly (readonly [day: number, type: EventType])[] = [
  [0, 'view'],
  [0.01, 'cart'],
  [0.02, 'purchase'],
  [20, 'cart'],
  [41, 'purchase'],
  [43, 'refund'],
];

/** What features and scoring have saved after some events. */
function statesOf(customer: string, events: typeof HISTORY) {
  let features: OrderedFeatures | undefined;
  let w: readonly number[] = [];
  for (const [day, type] of events) {
    const at = START + day * DAY;
    const event = { messageId: `${customer}-${day}`, shop: 'main', customer, type, occurredAt: at, receivedAt: at };
    const applied = takeEvent(features, { ...event, origin: 'live', amountMinor: type === 'view' ? 0 : 2_400 });
    features = applied.state;
    w = applied.record.w;
  }
  const silentDays = w[COUNTER.silenceDays]!;
  const curve = kernelOf(artifact).curve(h, (silence, out) => wideAt(w, silence - silentDays, artifact.scale, out));
  const state: ScoringState = {
    ...{ shop: 'main', customer, model, h, c: h, curve: Float32Array.from(curve), tier: 0 },
    ...{ counters: Float32Array.from(w), steps: new Uint8Array() },
    ...{
      lastActivityAt: START + 43 * DAY - silentDays * DAY,
      origin: 0,
      importedAt: 0,
      toldUntil: 0,
      source: '',
      lost: 0,
      ...UNDOUBTED,
      crossings: [],
      tiers: [],
      orders: 2,
      meanOrderMinor: 2_400,
    },
    ...{ logitBefore: 0, logitAfter: curve[0]! },
  };
  return { features: features!, state };
}

async function save(customer: string, { features, state }: ReturnType<typeof statesOf>): Promise<void> {
  const store = new PostgresCheckpointStore(ground.database);
  const key = customerKey('main', customer);
  const partition = partitionOf(key, PARTITIONS);
  for (const [task, version, saved] of [
    ['features', orderedFeaturesCodec.version, orderedFeaturesCodec.encode(features)],
    ['scoring', scoringStateCodec.version, scoringStateCodec.encode(state)],
  ] as const) {
    const { epoch, progress } = (await store.own({ task, partition }, 1))!;
    const customers = [{ key, state: { version, bytes: saved }, inSequence: 1, outSequence: 1, wakeAt: null }];
    await store.save({ task, partition, epoch, progress, customers, messageIds: [] }, 1);
  }
}

const told = async (customer: string, now: number) => {
  const db = ground.database;
  const known = await readScored(db, new Models(ground.models), { shop: 'main', customers: [customer] });
  const scored = known.get(customer)!;
  const features = await readFeatures(db, scored);
  const saved = features && { features, ...scored };
  return {
    scored,
    factors: readFactors(scored, now),
    counterfactuals: saved && readCounterfactuals(saved, { hash: model, artifact }, now),
  };
};

describe('factors', () => {
  it('add up to the risk now, and tell the facts behind them', async () => {
    await save('ann', statesOf('ann', HISTORY));
    const now = START + 60 * DAY;
    const { factors, counterfactuals, scored } = await told('ann', now);
    const sum = factors!.terms.reduce((total, { weight }) => total + weight, 0);
    expect(sum).toBeCloseTo(logitOf(scored.state, artifact, now), 9);
    // Almost all of it is the network's own: the curve is joined closely, and this one rises.
    const silence = factors!.terms.find(({ name }) => name === 'silence')!.weight;
    expect(silence).toBeGreaterThan(0.5);
    expect(factors!.terms.map(({ name }) => name).sort()).toEqual([
      ...['average', 'baskets', 'memory', 'purchases', 'returns', 'rhythm', 'silence', 'visits'],
    ]);
    expect(factors!.facts).toMatchObject({ orders: 2, meanOrderMinor: 2_400, baskets: 2, refunds: 1, coupons: 0 });
    expect(factors!.facts.daysBetweenOrders).toBeCloseTo(41, 1);
    expect(factors!.facts.daysSinceOrder).toBeCloseTo(19, 1);
    expect(factors!.facts.daysSinceSession).toBeCloseTo(17, 1); // the refund
    // Silence has led to a worse tier than the one that was stored.
    expect(counterfactuals).toMatchObject([
      { act: 'purchase', from: 'medium', tier: 'low' },
      { act: 'view', from: 'medium', tier: 'low' },
    ]);
  });

  it('come with no counterfactuals while features are ahead of scoring', async () => {
    const { state } = statesOf('ben', HISTORY);
    await save('ben', { ...statesOf('ben', [...HISTORY, [44, 'purchase']]), state });
    expect(await told('ben', START + 60 * DAY)).toMatchObject({ counterfactuals: null });
  });
});
