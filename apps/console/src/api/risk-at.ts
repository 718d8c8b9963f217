// GET /api/customers/{id}/risk?at=: what was known of a customer at an instant of the past, what was made of it, and whether the same
// comes out today.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { WIDE } from '@holdfast/features';
import { logitOf, reasonsFor, silenceDaysAt } from '@holdfast/model';
import { forecastOf, wideAtSilence } from '@holdfast/risk';
import { CUSTOMER_RISK, EVENT_TYPES, HEADERS, type Millis, RISK_TYPES, TIERS, toIso } from '@holdfast/schemas';
import { crossingData, isSame, type Retrace, situationOf, thresholdsVersionOf } from '@holdfast/tasks';
import { type Static, Type } from '@sinclair/typebox';

import { type Retraced } from '../retraces.js';
import { instant, money, oneOf, orNull, tierName } from './fields.js';
import { riskItem } from './risk-item.js';

export const riskAtQuery = Type.Object({
  at: instant('when, like 2025-03-01T12:00:00Z, at most the time it is in the shop'),
});

const risk = Type.Number({ minimum: 0, maximum: 1 });
const crossing = Type.Object({
  tier: tierName,
  at: Type.String({ description: 'if nothing had happened' }),
  probability: Type.Optional(risk),
  uncertainty: Type.Optional(Type.Object({ earliest: Type.String(), latest: orNull(Type.String()) })),
});

const scored = Type.Object({
  tier: tierName,
  risk,
  silenceDays: Type.Number(),
  orders: Type.Integer(),
  segment: Type.Optional(Type.String()),
  valueAtRiskMinor: money('risk × mean order value'),
  model: Type.String({ description: 'SHA-256 of the release that drew the curve' }),
  thresholds: Type.Object({
    version: Type.String(),
    medium: Type.Number(),
    high: Type.Number(),
    hysteresis: Type.Number(),
    activeDays: Type.Number(),
    horizonDays: Type.Number(),
  }),
  reasons: riskItem.properties.reasons,
  crossings: Type.Array(crossing, { description: 'that lay ahead' }),
  features: Type.Array(Type.Object({ name: Type.String(), value: Type.Number() }), {
    description: 'wide features at that silence, before standardisation; empty where the release takes others',
  }),
});

const loggedEvent = Type.Object({
  id: Type.String({ description: 'messageId' }),
  offset: Type.Integer({ description: 'in the partition of behavior.events' }),
  type: oneOf(EVENT_TYPES),
  at: instant('when it happened'),
  knownAt: instant('when it became known'),
});

const said = Type.Object({
  id: orNull(Type.String({ description: 'as published; null: not published, or no longer kept' })),
  sequence: Type.Integer({ description: "place among the customer's records of customer.risk" }),
  type: oneOf(RISK_TYPES),
  at: instant('when it became true'),
  isSame: orNull(Type.Boolean({ description: 'the record that was published is what comes out today, byte for byte' })),
});

export const riskAt = Type.Object(
  {
    customer: Type.String(),
    at: instant('as asked'),
    partition: Type.Integer(),
    scored: orNull(scored),
    events: Type.Array(loggedEvent, {
      description: 'all that was known of them, in the order in which it became known',
    }),
    said: Type.Array(said, { description: 'all that customer.risk said of them by then' }),
  },
  { title: 'RiskAt' },
);
export type RiskAt = Static<typeof riskAt>;

/** The answer; null: nothing was known of them by then. */
export function riskAtOf({ retrace, published }: Retraced): RiskAt | null {
  const { events, options } = retrace;
  if (events.length === 0) return null;
  return {
    customer: events[0]!.event.customer,
    at: toIso(options.at),
    partition: options.partition,
    scored: scoredAt(retrace, options.at),
    events: events.map(({ offset, event }) => ({
      id: event.messageId,
      offset,
      type: event.type,
      at: toIso(event.occurredAt),
      knownAt: toIso(event.receivedAt),
    })),
    said: retrace.said.map((record) => saidOf(record, published)),
  };
}

function saidOf(record: BrokerRecord, published: ReadonlyMap<number, StoredRecord>): RiskAt['said'][number] {
  const sequence = Number(record.headers[HEADERS.sequence]);
  const { type, at } = CUSTOMER_RISK.decode(record.value);
  const other = published.get(sequence);
  return {
    id: other?.headers[HEADERS.eventId] ?? null,
    sequence,
    type,
    at: toIso(at),
    isSame: other ? isSame(record, other) : null,
  };
}

/** Null before the first purchase, and before the first release. */
function scoredAt({ state, artifact }: Retrace, at: Millis): RiskAt['scored'] {
  if (!state || !artifact || state.curve.length === 0) return null;
  const {
    origin: _origin,
    thresholdsVersion: _version,
    ranksOnly: _ranks,
    ...situation
  } = situationOf(state, artifact, at);
  const { thresholds, hysteresis, activeDays, horizonDays } = artifact;
  const wide = artifact.wideSize === WIDE.length ? wideAtSilence(state, artifact, silenceDaysAt(state, at)) : [];
  return {
    ...situation,
    tier: TIERS[state.tier],
    thresholds: {
      version: thresholdsVersionOf(artifact),
      medium: thresholds.medium,
      high: thresholds.high,
      ...{ hysteresis, activeDays, horizonDays },
    },
    reasons: reasonsFor(state, logitOf(state, artifact, at)).map(({ name, weight }) => ({ name, weight })),
    crossings: forecastOf(state, artifact, at).map((next) => ({ tier: TIERS[next.tier], ...crossingData(next) })),
    features: Array.from(wide, (value, i) => ({ name: WIDE[i]!, value })),
  };
}
