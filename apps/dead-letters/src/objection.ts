// Letters that must not go back, and what to do instead.
import { type Broker, scan } from '@holdfast/broker';
import { CUSTOMER_RISK, type RiskEvent, toIso } from '@holdfast/schemas';

import { type Letter, placeOf } from './letters.js';

/** A sentence, or null when there is nothing against sending it back. */
export async function objectionTo(letter: Letter, broker: Broker): Promise<string | null> {
  const { key } = letter.record;
  if (key === null) {
    return 'It is addressed to a partition, not to a customer. The next tick or release takes its place: there is nothing to do.';
  }
  // A longer key was cut: no customer has one.
  if (key.includes('\0') || Buffer.byteLength(key) >= 2_000) {
    return 'Its key names no customer. Mend whoever writes such keys, and have the event sent again under another id of the customer.';
  }
  return letter.stage === 'dispatch' ? outdated(letter, broker) : null;
}

/** To act on a crossing after the customer has moved on would be to tell somebody who is back that they are missed. */
async function outdated(letter: Letter, broker: Broker): Promise<string | null> {
  if (readRisk(letter.record.value)?.type !== 'churn.risk.crossed.v1') return null;
  const place = placeOf(letter);
  const { start, end } = (await broker.bounds(place.topic))[place.partition]!;
  for await (const { key, value } of scan(broker, place, { start: Math.max(start, place.offset + 1), end })) {
    const later = key === letter.record.key ? readRisk(value) : null;
    if (later?.type === 'churn.risk.crossed.v1' || later?.type === 'churn.risk.recovered.v1') {
      return (
        `The customer is in tier ${later.data.tier.to} since ${toIso(later.at)}: to act on where they were before would be wrong. ` +
        'There is nothing to do; what came later has been decided about.'
      );
    }
  }
  return null;
}

function readRisk(value: Uint8Array): RiskEvent | null {
  try {
    return CUSTOMER_RISK.decode(value);
  } catch {
    return null; // then it will fail again, and be a letter again
  }
}
