// What was known of one customer at an instant of the past, and what was said of them: the log of their partition once more through both tasks, of
// others only what all share. Of the same log the same comes out, to the byte.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { type Artifact, type ScoringState } from '@holdfast/model';
import {
  BEHAVIOR_EVENTS,
  type BehaviorEvent,
  customerKey,
  HEADERS,
  type Millis,
  RELEASE_SCHEMA,
  releaseCodec,
  TICK_SCHEMA,
  tickCodec,
} from '@holdfast/schemas';
import { UndisturbedFold } from '@holdfast/stream';

import { featuresTask } from './features.task.js';
import { type Models } from './models.js';
import { createScoringTask, type ScoringTask, sharedAfter } from './scoring.task.js';

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
  /** At the instant; undefined: there was no event, or no release had been made yet. */
  state: ScoringState | undefined;
  readonly #features: UndisturbedFold;
  readonly #scoring: UndisturbedFold;
  #hasArrived = false;

  constructor(readonly options: RetraceOptions) {
    const { models, partition, logIds } = options;
    this.#features = new UndisturbedFold(featuresTask, { logId: logIds.events, partition });
    const task = onlyOf(options.key, createScoringTask(models));
    this.#scoring = new UndisturbedFold(task, { logId: logIds.features, partition });
  }

  /** What drew the curve of {@link state}. */
  get artifact(): Artifact | undefined {
    return this.state && this.options.models.get(this.state.model);
  }

  /** Takes in the partition's next record of behavior.events. Throws `ArtifactError` when a release that the log names is not there. */
  take(record: StoredRecord): void {
    const { key, at, models } = this.options;
    if (record.headers[HEADERS.schema] === RELEASE_SCHEMA) models.get(releaseCodec.decode(record.value).artifact);
    if (record.key === null && record.at > at) this.arrive();
    for (const features of this.#features.apply(record)) {
      this.#score(features);
      if (features.key !== key || features.at > at) continue;
      this.events.push({ offset: record.offset, event: BEHAVIOR_EVENTS.decode(record.value) });
      this.#look();
    }
  }

  /** To be called after the last record: it is the instant now. Where a tick has gone by that was later, it was then. */
  arrive(): void {
    if (this.#hasArrived) return;
    this.#hasArrived = true;
    const { at } = this.options;
    const value = tickCodec.encode({ type: 'tick', at }, { id: '', sequence: 0 });
    this.#score({ key: null, value, headers: { [HEADERS.schema]: TICK_SCHEMA }, at });
    this.#look();
  }

  #score(features: BrokerRecord): void {
    const { key, at } = this.options;
    const outputs = this.#scoring.apply({ ...features, offset: this.#scoring.position });
    this.said.push(...outputs.filter((said) => said.key === key && said.at <= at));
  }

  #look(): void {
    this.state = this.#scoring.customers.get(this.options.key)?.state as ScoringState | undefined;
  }
}

/** The task for one customer; of others only what they change of what all share. */
const onlyOf = (key: string, task: ScoringTask): ScoringTask => ({
  ...task,
  step(state, record, at, shared) {
    if (customerKey(record.shop, record.customer) === key) return task.step(state, record, at, shared);
    return { state: null, outputs: [], shared: sharedAfter(shared, record, at) };
  },
});

/** Whether a record that was published is what comes out now, but for its id: that counts other customers' records, too. */
export function isSame(said: BrokerRecord, published: BrokerRecord): boolean {
  const idOf = ({ headers }: BrokerRecord) => JSON.stringify(headers[HEADERS.eventId]);
  const text = Buffer.from(said.value).toString('latin1');
  return text.replace(idOf(said), idOf(published)) === Buffer.from(published.value).toString('latin1');
}
