// For tests: the runner reduced to its order of things. One customer's events go through the features fold and the scoring task, each
// record after the wake-ups that are due by then.
import { FEATURE_SET_HASH, type OrderedFeatures, STEP_SIZE, takeEvent, WIDE_SIZE } from '@holdfast/features';
import { type Artifact, type ScoringState } from '@holdfast/model';
import { randomArtifact } from '@holdfast/model/fixtures';
import { type BehaviorEvent, DAY, type EventType, type Millis, type RiskEvent } from '@holdfast/schemas';

import { type Models } from './models.js';
import { createScoringTask, type ScoringShared } from './scoring.task.js';

/** Monday 2024-01-01, noon UTC. */
export const START: Millis = Date.UTC(2024, 0, 1, 12);
export const MODEL = 'ab'.repeat(32);

/** A release with random weights that fits this build. */
export const anyArtifact = (seed = 1): Artifact =>
  randomArtifact({ stepSize: STEP_SIZE, wideSize: WIDE_SIZE, featureSet: FEATURE_SET_HASH, seed });

/** Releases in memory. */
export function modelsOf(artifacts: Readonly<Record<string, Artifact>>): Models {
  return {
    get(hash) {
      const artifact = artifacts[hash];
      if (!artifact) throw new Error(`no artifact ${hash}`);
      return artifact;
    },
  };
}

/** An event `days` after {@link START}. */
export function eventAt(days: number, type: EventType, more: Partial<BehaviorEvent> = {}): BehaviorEvent {
  const at = START + Math.round(days * DAY);
  return {
    messageId: `m-${days}-${type}`, shop: 'main', customer: 'c1', type, occurredAt: at, receivedAt: at, origin: 'live',
    ...(type === 'purchase' ? { amountMinor: 2000, orderId: `o-${days}` } : {}), ...more,
  }; // prettier-ignore
}

/** What came of a fold. */
export interface Folded {
  readonly outputs: RiskEvent[];
  readonly state: ScoringState | null;
  readonly wakeAt: Millis | undefined;
  /** Every wakeAt that a step or wake-up asked for, with when it asked. */
  readonly asked: readonly { readonly at: Millis; readonly wakeAt: Millis }[];
  /** The customer's tier over time. */
  readonly tiers: readonly { readonly at: Millis; readonly tier: number; readonly acted: boolean }[];
  readonly states: readonly ScoringState[];
}

/** Folds events in their order, then lets time run until `untilDays`. `restart`: store and load the state after every step. */
export function foldTask(
  events: readonly BehaviorEvent[],
  options: {
    readonly untilDays?: number;
    /** What the partition shares; by the number of the event. */
    readonly shared?: ScoringShared | ((event: number) => ScoringShared);
    readonly models?: Models;
    readonly restart?: boolean;
  } = {},
): Folded {
  const { untilDays = 0, shared = { model: MODEL }, models = modelsOf({ [MODEL]: anyArtifact() }), restart } = options;
  const task = createScoringTask(models);
  let features: OrderedFeatures | undefined;
  let state: ScoringState | null = null;
  let wakeAt: Millis | undefined;
  const outputs: RiskEvent[] = [];
  const asked: { at: Millis; wakeAt: Millis }[] = [];
  const tiers: { at: Millis; tier: number; acted: boolean }[] = [];
  const states: ScoringState[] = [];
  const take = (at: Millis, acted: boolean, step: ReturnType<typeof task.step>) => {
    outputs.push(...step.outputs);
    state = step.state && restart ? task.state.decode(task.state.encode(step.state)) : step.state;
    wakeAt = step.wakeAt;
    if (wakeAt !== undefined) asked.push({ at, wakeAt });
    if (state) {
      tiers.push({ at, tier: state.tier, acted });
      states.push(state);
    }
  };
  const sharedAt = typeof shared === 'function' ? shared : () => shared;
  const wakeUntil = (now: Millis) => {
    while (state && wakeAt !== undefined && wakeAt <= now) take(wakeAt, false, task.wake!(state, wakeAt, sharedAt(0)));
  };
  for (const [n, event] of events.entries()) {
    wakeUntil(event.receivedAt);
    const applied = takeEvent(features, event);
    features = applied.state;
    const { record } = applied;
    take(
      record.at,
      record.kind === 'activity' && record.occurredAt >= record.lastActivityAt!,
      task.step(state ?? undefined, record, record.at, sharedAt(n)),
    );
  }
  wakeUntil(START + untilDays * DAY);
  return { outputs, state, wakeAt, asked, tiers, states };
}

/** A customer has crossed into a worse tier or recovered from one. */
export const isTierChange = (
  event: RiskEvent,
): event is Extract<RiskEvent, { type: 'churn.risk.crossed.v1' | 'churn.risk.recovered.v1' }> =>
  event.type === 'churn.risk.crossed.v1' || event.type === 'churn.risk.recovered.v1';
