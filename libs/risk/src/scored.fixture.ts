// For tests: a customer whose events have gone through features and scoring.
import { applyEvent, type CustomerFeatures, FEATURE_SET_HASH, STEP_SIZE, WIDE_SIZE } from '@holdfast/features';
import { type ScoringState } from '@holdfast/model';
import { randomArtifact } from '@holdfast/model/fixtures';
import { type BehaviorEvent, DAY, type EventType } from '@holdfast/schemas';

import { scoreRecord } from './score-record.js';

/** Monday 2024-01-01, noon UTC. */
export const START = Date.UTC(2024, 0, 1, 12);
export const artifact = randomArtifact({ stepSize: STEP_SIZE, wideSize: WIDE_SIZE, featureSet: FEATURE_SET_HASH });
const hash = 'ab'.repeat(32);

/** An event `days` after {@link START}. */
export const eventAt = (days: number, type: EventType): BehaviorEvent => {
  const at = START + days * DAY;
  const event = { messageId: `${days}`, shop: 'main', customer: 'ann', type, occurredAt: at, receivedAt: at };
  return { ...event, origin: 'live', ...(type === 'purchase' && { amountMinor: 2_000 }) };
};

/** The state after all of them. */
export function scored(events: readonly BehaviorEvent[]): ScoringState {
  let features: CustomerFeatures | undefined;
  let state: ScoringState | undefined;
  for (const event of events) {
    const applied = applyEvent(features, event);
    features = applied.state;
    state = scoreRecord(state, applied.record, { hash, artifact, drawnBy: state && artifact, at: event.receivedAt });
  }
  return state!;
}
