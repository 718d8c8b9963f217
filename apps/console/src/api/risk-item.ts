// A risk event as the API shows it.
import { type RiskEventRow } from '@holdfast/postgres';
import { toIso } from '@holdfast/schemas';
import { type Static, Type } from '@sinclair/typebox';

import { causeName, instant, money, oneOf, originName, tierName } from './fields.js';

export const riskItem = Type.Object(
  {
    id: Type.String(),
    customer: Type.String(),
    at: instant('when it became true'),
    type: oneOf(['crossed', 'recovered', 'corrected', 'suppressed'] as const),
    tierFrom: tierName,
    tierTo: tierName,
    cause: causeName,
    origin: originName,
    risk: Type.Number({ minimum: 0, maximum: 1 }),
    silenceDays: Type.Number({ minimum: 0 }),
    valueAtRiskMinor: money('risk × mean order value'),
    firstOrder: Type.Optional(Type.Boolean({ description: 'after an event of a customer with a single order so far' })),
    reasons: Type.Array(
      Type.Object({ name: Type.String(), weight: Type.Number({ description: 'in logits; above 0 raises the risk' }) }),
    ),
  },
  { title: 'RiskItem' },
);
export type RiskItem = Static<typeof riskItem>;

/** `churn.risk.crossed.v1` → `crossed`. */
const shortType = (type: string) => type.split('.').at(-2) as RiskItem['type'];

export const toRiskItem = (row: RiskEventRow): RiskItem => ({
  id: row.id,
  customer: row.customer,
  at: toIso(row.at),
  type: shortType(row.type),
  tierFrom: row.tierFrom as RiskItem['tierFrom'],
  tierTo: row.tierTo as RiskItem['tierTo'],
  cause: row.cause as RiskItem['cause'],
  origin: row.origin as RiskItem['origin'],
  risk: row.risk,
  silenceDays: row.silenceDays,
  valueAtRiskMinor: Math.round(row.valueAtRiskMinor),
  reasons: [...row.reasons],
});
