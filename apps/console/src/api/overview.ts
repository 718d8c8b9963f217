// GET /api/overview: the shop at a glance.
import {
  type ClockState,
  countTiers,
  findCustomer,
  listRecentRisk,
  listRiskDays,
  type TierCount,
  type Transaction,
} from '@holdfast/postgres';
import { type Millis, TIERS, toIso } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { type Models } from '../models.js';
import { type ConsoleSettings } from '../settings.js';
import { actions, readActions } from './actions.js';
import { readChampion } from './champion.js';
import { daily, dailySeries } from './daily.js';
import { effect, readEffects } from './effects.js';
import { instant, money, oneOf, orNull } from './fields.js';
import { riskItem, toRiskItem } from './risk-item.js';
import { latest, readStreamTime } from './stream-time.js';

/** Risk events in one overview. */
const RECENT = 40;
/** Of these: shown in the feed. */
const SHOWN = 6;

const clock = Type.Object({
  mode: oneOf(['live', 'replay'] as const),
  now: orNull(instant('the time it is in the stream')),
  simulated: Type.Boolean({ description: 'the history of this shop is a replay of a data set: nobody was contacted' }),
  replay: orNull(
    Type.Object({
      name: Type.String(),
      lines: Type.Integer({ description: 'lines of the data set taken in so far' }),
      progress: Type.Number({ minimum: 0, maximum: 1, description: 'share of the time span replayed so far' }),
    }),
  ),
});

export const overview = Type.Object(
  {
    shop: Type.String(),
    currency: Type.String(),
    clock,
    lastEventAt: orNull(instant('when the latest event became known')),
    lastEventAgeSeconds: orNull(Type.Number({ description: 'age of that event in stream time' })),
    horizonDays: orNull(Type.Number({ description: 'risk is that of no purchase within so many days' })),
    ranksOnly: Type.Boolean({
      description: 'risks only order customers, for no outcome in this shop is known to the model yet',
    }),
    customers: Type.Integer({ description: 'customers ever seen' }),
    tiers: Type.Array(
      Type.Object({
        tier: oneOf([...TIERS, 'prospect'] as const),
        customers: Type.Integer(),
        bySilence: Type.Integer({ description: 'of these: came there by falling silent' }),
        valueAtRiskMinor: money('sum over these customers'),
      }),
    ),
    daily,
    recent: Type.Array(riskItem, { description: 'latest risk events, newest first' }),
    actions,
    effects: Type.Array(effect),
  },
  { title: 'Overview' },
);
export type Overview = Static<typeof overview>;

/** Reads the overview. `wallNow`: the machine's clock, used where the stream has none. */
export async function readOverview(
  db: Transaction,
  settings: ConsoleSettings,
  wallNow: Millis,
  models?: Models,
): Promise<Overview> {
  const shop = settings.CONSOLE_SHOP;
  // One after the other: all on one connection, which is all that a console should take from a busy pool.
  const { state, now } = await readStreamTime(db, wallNow);
  const counts = await countTiers(db, shop);
  const days = await listRiskDays(db, shop);
  const recent = await listRecentRisk(db, shop, RECENT);
  const items = recent.map(toRiskItem);
  // The page shows the latest few; a customer's number of orders is not part of a risk event.
  for (const item of items.slice(0, SHOWN))
    if (item.type === 'crossed' && item.cause === 'event')
      item.firstOrder = (await findCustomer(db, { shop, customer: item.customer }))?.orders === 1;
  const champion = models && (await readChampion(db, models));
  const artifact = champion?.artifact ?? (recent[0] && (await models?.get(recent[0].model)));
  const done = await readActions(db, shop);
  const found = await readEffects(db, shop);
  const lastEventAt = latest(counts.map((c) => c.lastEventAt));
  return {
    shop,
    currency: settings.CONSOLE_CURRENCY,
    clock: {
      mode: state?.mode ?? 'live',
      now: now === null ? null : toIso(now),
      simulated: Boolean(state?.replay),
      replay: describeReplay(state, counts, wallNow),
    },
    lastEventAt: lastEventAt === null ? null : toIso(lastEventAt),
    lastEventAgeSeconds: lastEventAt === null || now === null ? null : Math.max(0, (now - lastEventAt) / 1000),
    horizonDays: artifact?.horizonDays ?? null,
    ranksOnly: artifact?.ranksOnly === true,
    customers: counts.reduce((sum, c) => sum + c.customers, 0),
    tiers: [...TIERS, 'prospect' as const].map((tier) => {
      const count = counts.find((c) => (c.tier ?? 'prospect') === tier);
      return {
        tier,
        customers: count?.customers ?? 0,
        bySilence: count?.bySilence ?? 0,
        valueAtRiskMinor: Math.round(count?.valueAtRiskMinor ?? 0),
      };
    }),
    daily: dailySeries(days),
    recent: items,
    actions: done,
    effects: found,
  };
}

// The clock knows no total of lines; a replay ends about now, so its share of time is known.
function describeReplay(state: ClockState | null, counts: readonly TierCount[], wallNow: Millis) {
  if (!state?.replay) return null;
  const starts = counts.flatMap((c) => (c.firstSeenAt === null ? [] : [c.firstSeenAt]));
  const start = starts.length === 0 ? null : Math.min(...starts);
  const share =
    state.mode === 'live'
      ? 1
      : start === null || state.lastTick === null
        ? 0
        : (state.lastTick - start) / (wallNow - start);
  return { name: state.replay.name, lines: state.acknowledged, progress: Math.min(1, Math.max(0, share)) };
}
