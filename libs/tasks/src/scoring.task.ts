// customer.features → customer.risk. After each event the customer's curve is drawn anew; from it follow the tier now and the
// instant at which silence alone will change it, or will be about to, which is when the customer is next woken. Nobody is polled.
//
// What the runner (libs/stream) makes of it:
//
//   - `steppedAt` is the record's time, which is that of the event behind it (`receivedAt`). Of one sent back from the dead letters
//     it is no earlier than the partition's.
//   - The `wakeAt` that a step returns is stored with the state, in place of the one before. None: no more wake-up.
//   - `wake` is called with that very instant as `at`, once a tick has reached it or the customer's next record is as late; that
//     record is stepped after it. It must return a later instant or none; one that the tick has reached too fires with it.
//   - Ticks, which alone move time, and releases never come here as records: the runner passes both on to customer.risk.
//   - `release` changes what the next step draws with. It redraws nothing: until their next event, customers keep the curve and
//     the wake-ups of the model that drew it. So an artifact that the log has named is never deleted.
//   - What throws, step or wake, becomes a dead letter, and the partition goes on; a release that throws, and what needs
//     a model that is not in the folder, holds the partition up.
//     Sent back, it is stepped or woken after all: as of the present, or by `stepLate` when the customer has had later records.
import { STEP } from '@holdfast/features';
import { ArtifactError, crossingsAhead, type ScoringState, scoringStateCodec } from '@holdfast/model';
import {
  heardFrom,
  isOut,
  judgedAt,
  nextForecastAt,
  NOTICED_WITHIN,
  outageAt,
  remember,
  scoreRecord,
  type Sources,
  standingForecasts,
  withCrossing,
  withTier,
} from '@holdfast/risk';
import {
  CUSTOMER_FEATURES,
  CUSTOMER_RISK,
  type FeatureRecord,
  isCanary,
  type Millis,
  ORIGINS,
  type RiskEvent,
} from '@holdfast/schemas';
import { NotReady, type Step, type Task } from '@holdfast/stream';

import { stepCanary, wakeCanary } from './canary.js';
import { factsOf } from './facts.js';
import { forecastEvents } from './forecast-events.js';
import { afterNews } from './late.js';
import { championOf, type Models } from './models.js';
import { againAfter, corrected, held, lostTo, nameOfSource, sourceOf } from './outage.js';
import { riskChange } from './risk-change.js';

/** What all customers of a partition share: the hash of the champion, from the last release record. */
export interface ScoringShared {
  readonly model: string | null;
  /** What customers come from, and whether it still tells of them; absent: nothing has come yet. */
  readonly sources?: Sources;
}

export type ScoringTask = Task<ScoringState, ScoringShared, FeatureRecord, RiskEvent>;

/** The task of the scoring service, with the releases it may be told to use. */
export function createScoringTask(releases: Models): ScoringTask {
  const models = orNotReady(releases);
  return {
    name: 'scoring',
    input: CUSTOMER_FEATURES,
    output: CUSTOMER_RISK,
    state: scoringStateCodec,
    shared: { codec: sharedCodec(models), initial: { model: null } },

    step(previous, record, steppedAt, shared) {
      if (isCanary(record.shop)) return stepCanary(previous, record, steppedAt);
      const { model } = shared;
      const facts = factsOf(record);
      // Before the first release there is nothing to score with, and who goes silent is not woken. It never comes to that where
      // `prepare` (apps/standalone) has made the log: a release is its first record.
      if (model === null) return { state: previous ?? null, outputs: facts };
      const artifact = models.get(model);
      const at = judgedAt(record, steppedAt);
      const sources = heard(shared, record, steppedAt);
      const lost = previous ? lostTo(sources ?? shared.sources, previous, at) : 0;
      const drawnBy = previous && models.get(previous.model);
      const after = scoreRecord(previous, record, { hash: model, artifact, drawnBy, at, lost });
      const ground = { artifact, at, sources: sources ?? shared.sources };
      const { state, corrections, from } = afterNews(previous, record, after, ground);
      const changes = state.tier === from ? [] : [riskChange(state, artifact, { at, from, cause: 'event' })];
      const stood = previous && drawnBy ? standingForecasts(previous, drawnBy, previous.toldUntil) : [];
      const outputs = [...facts, ...corrections, ...changes, ...forecastEvents(stood, state, artifact)];
      return { state, outputs, ...nextWake(state, models, at), ...(sources && { shared: { ...shared, sources } }) };
    },

    // The customer's later records have told all of this anew, but for the facts and for one step in the network's memory.
    stepLate(previous, record, at) {
      if (isCanary(record.shop)) return stepCanary(previous, record, at);
      const outputs = factsOf(record);
      if (!previous) return { state: null, outputs };
      const state = remember(previous, record, models.get(previous.model));
      return { state, outputs, ...nextWake(state, models, at) };
    },

    wake(before, at, { sources }) {
      if (isCanary(before.shop)) return wakeCanary(before, at);
      // The model that drew the curve decides, also when another has taken over since: it set this instant.
      const artifact = models.get(before.model);
      const outage = before.origin === LIVE ? outageAt(sourceOf(sources, before), at) : null;
      if (isOut(outage, at)) {
        const lost = lostTo(sources, before, outage.from);
        const { state, outputs } = held(before, artifact, { at, outage, lost });
        // Nothing can come sooner than if the source were back at this moment.
        const next = nextWake({ ...state, lost: lost + at - outage.from }, models, at);
        return { state, outputs, wakeAt: Math.max(next.wakeAt ?? 0, at + againAfter(at, outage)) };
      }
      const { state, outputs: corrections } = corrected({ ...before, lost: lostTo(sources, before, at) }, artifact, {
        at,
        sources,
      });
      const reached = crossingsAhead(state, artifact, at - 1).findLast((crossing) => crossing.at <= at);
      const mayBeTakenBack = state.origin === LIVE && state.crossedAt === 0;
      const next = {
        ...state,
        ...(reached && {
          tier: reached.tier,
          crossings: withCrossing(state.crossings, { at, to: reached.tier }),
          tiers: withTier(state.tiers, { at, tier: reached.tier }),
          ...(mayBeTakenBack && { crossedAt: at, tierBefore: state.tier }),
        }),
        toldUntil: Math.max(state.toldUntil, at),
      };
      const crossed = reached ? [riskChange(next, artifact, { at, from: state.tier, cause: 'silence' })] : [];
      const stood = standingForecasts(before, artifact, before.toldUntil);
      const outputs = [...corrections, ...crossed, ...forecastEvents(stood, next, artifact)];
      return { state: next, outputs, ...nextWake(next, models, at) };
    },

    release(shared, { artifact }) {
      championOf(models, artifact);
      return { ...shared, model: artifact };
    },
  };
}

/** A release that is not there is nobody's fault whose record came: the partition waits until somebody has copied the file. */
const orNotReady = (models: Models): Models => ({
  get(hash) {
    try {
      return models.get(hash);
    } catch (error) {
      throw error instanceof ArtifactError ? new NotReady(error.message) : error;
    }
  },
});

/** When silence next matters, by a crossing or by being so near to one that it is told: never again for who has lapsed. */
function nextWake(
  state: ScoringState,
  models: Models,
  at: Millis,
): Pick<Step<ScoringState, ScoringShared, RiskEvent>, 'wakeAt'> {
  const artifact = models.get(state.model);
  const instants = [
    crossingsAhead(state, artifact, at)[0]?.at,
    nextForecastAt(state, artifact, Math.max(at, state.toldUntil)),
    ...(state.crossedAt > 0 ? [state.crossedAt + NOTICED_WITHIN] : []),
  ];
  const next = Math.min(...instants.map((instant) => instant ?? Infinity));
  return next < Infinity ? { wakeAt: next } : {};
}

const LIVE = ORIGINS.indexOf('live');

/** What is shared after a record of a customer of whom nothing else is asked. */
export const sharedAfter = (shared: ScoringShared, record: FeatureRecord, at: Millis): ScoringShared => {
  const sources = heard(shared, record, at);
  return sources ? { ...shared, sources } : shared;
};

/** The sources after a record; undefined: it tells nothing of them. What was imported, replayed or done to a customer says nothing of the present. */
function heard(
  { sources = {} }: ScoringShared,
  { shop, origin, kind, late, rebuilt, source = '', x }: FeatureRecord,
  at: Millis,
): Sources | undefined {
  if (origin !== 'live' || kind !== 'activity' || late || rebuilt || isCanary(shop)) return undefined;
  return heardFrom(sources, nameOfSource({ shop, source }), at, x?.[STEP.newSession] === 1);
}

/**
 * The champion's hash as text, and in the next line the sources. Reading it makes sure that the release is there and fits: a partition without its model must not open
 * (rather than send every record to the dead letters).
 */
const sharedCodec = (models: Models) => ({
  version: 2,
  encode: ({ model, sources }: ScoringShared) =>
    new TextEncoder().encode(`${model ?? ''}${sources ? `\n${JSON.stringify(sources)}` : ''}`),
  decode: (bytes: Uint8Array): ScoringShared => readShared(models, bytes),
  /** Version 1 had one line. */
  upgrade: (bytes: Uint8Array): ScoringShared => readShared(models, bytes),
});

function readShared(models: Models, bytes: Uint8Array): ScoringShared {
  const [hash = '', sources] = new TextDecoder().decode(bytes).split('\n');
  if (hash !== '') championOf(models, hash);
  return { model: hash || null, ...(sources !== undefined && { sources: JSON.parse(sources) as Sources }) };
}
