// What was known of one customer at an instant of the past, and what was said of them: their records of the log once more through both
// tasks, with the ticks and releases between them. Of the same log the same comes out, to the byte.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { type Artifact, type ScoringState } from '@holdfast/model';
import {
  BEHAVIOR_EVENTS,
  type BehaviorEvent,
  HEADERS,
  type Millis,
  RELEASE_SCHEMA,
  releaseCodec,
} from '@holdfast/schemas';
import { UndisturbedFold } from '@holdfast/stream';

import { featuresTask } from './features.task.js';
import { type Models } from './models.js';
import { createScoringTask } from './scoring.task.js';

/** Who, and as of when. */
export interface RetraceOptions {
  /** `shop/customer`. */
  readonly key: string;
  readonly at: Millis;
  readonly models: Models;
  /** Of their records in behavior.events and customer.features. */
  readonly partition: number;
  readonly logIds: { readonly events: string; readonly features: string };
}

/** An event, and where it stands in its partition of behavior.events. */
export interface LoggedEvent {
  readonly offset: number;
  readonly event: BehaviorEvent;
}

export class Retrace {
  /** What they had done by the instant, in the order in which it became known; what was sent twice once. */
  readonly events: LoggedEvent[] = [];
  /** What scoring has said of them by the instant, as records of customer.risk; the number of each among theirs is right, its id is not. */
  readonly said: BrokerRecord[] = [];
  /** By the last of `events`, or the last tick; undefined: there was no event, or no release had been made yet. */
  state: ScoringState | undefined;
  readonly #features: UndisturbedFold;
  readonly #scoring: UndisturbedFold;

  constructor(readonly options: RetraceOptions) {
    const { models, partition, logIds } = options;
    this.#features = new UndisturbedFold(featuresTask, { logId: logIds.events, partition });
    this.#scoring = new UndisturbedFold(createScoringTask(models), { logId: logIds.features, partition });
  }

  /** What drew the curve of {@link state}. */
  get artifact(): Artifact | undefined {
    return this.state && this.options.models.get(this.state.model);
  }

  /**
   * Takes in the partition's next record of behavior.events; those of others are passed over. Throws `ArtifactError` when a release that
   * the log names is not there.
   */
  take(record: StoredRecord): void {
    const { key, at, models } = this.options;
    if (record.key !== null && record.key !== key) return;
    if (record.headers[HEADERS.schema] === RELEASE_SCHEMA) models.get(releaseCodec.decode(record.value).artifact);
    for (const features of this.#features.apply(record)) {
      const offset = this.#scoring.position;
      this.said.push(
        ...this.#scoring.apply({ ...features, offset }).filter((said) => said.key === key && said.at <= at),
      );
      if (features.at > at) continue;
      if (features.key === key)
        this.events.push({ offset: record.offset, event: BEHAVIOR_EVENTS.decode(record.value) });
      this.state = this.#scoring.customers.get(key)?.state as ScoringState | undefined;
    }
  }
}

/** Whether a record that was published is what comes out now, but for its id: that counts other customers' records, too. */
export function isSame(said: BrokerRecord, published: BrokerRecord): boolean {
  const idOf = ({ headers }: BrokerRecord) => JSON.stringify(headers[HEADERS.eventId]);
  const text = Buffer.from(said.value).toString('latin1');
  return text.replace(idOf(said), idOf(published)) === Buffer.from(published.value).toString('latin1');
}
