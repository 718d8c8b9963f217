// Follows message ids from ingest's answer to their effect: every accepted one is in the log and was applied once, or is among the
// rejected or the dead letters. Counts what was published; knows nothing of how a stage works.
import { type StoredRecord } from '@holdfast/broker';
import { BEHAVIOR_EVENTS, BEHAVIOR_REJECTED, CUSTOMER_FEATURES, HEADERS, isCanaryKey } from '@holdfast/schemas';

import { type Findings } from './findings.js';

const AREA = 'message ids';

export class MessageTally {
  /** Accepted and not seen yet. */
  readonly #missing: Set<string>;
  readonly #rejected = new Set<string>();
  readonly #partitions: PartitionTally[] = [];

  constructor(
    accepted: ReadonlySet<string>,
    private readonly findings: Findings,
  ) {
    this.#missing = new Set(accepted);
  }

  /** All of them first. */
  rejected(records: readonly StoredRecord[]): void {
    for (const { headers, value } of records) {
      const { body } = BEHAVIOR_REJECTED.decode(value);
      const id = (body as { messageId?: unknown } | null)?.messageId;
      this.#rejected.add(typeof id === 'string' ? id : (headers[HEADERS.eventId] ?? ''));
    }
  }

  partition(): PartitionTally {
    const isElsewhere = (id: string) => this.#partitions.some((other) => other.has(id));
    const tally = new PartitionTally({ missing: this.#missing, rejected: this.#rejected, isElsewhere }, this.findings);
    this.#partitions.push(tally);
    return tally;
  }

  conclude(): void {
    for (const id of this.#missing)
      if (!this.#rejected.has(id))
        this.findings.lose(AREA, `${id} was accepted and is neither in behavior.events nor in behavior.rejected.`);
  }
}

/** The ids of one partition: all records of a customer are in one. */
export class PartitionTally {
  /** How often each id that is in the log has been applied. */
  readonly #applied = new Map<string, number>();

  /** `isElsewhere`: whether another partition has had an id. */
  constructor(
    private readonly all: {
      readonly missing: Set<string>;
      readonly rejected: ReadonlySet<string>;
      readonly isElsewhere: (id: string) => boolean;
    },
    private readonly findings: Findings,
  ) {}

  has(id: string): boolean {
    return this.#applied.has(id);
  }

  /** Records of behavior.events, repetitions and all. */
  inLog(records: readonly StoredRecord[]): void {
    for (const record of records) {
      if (record.key === null || isCanaryKey(record.key)) continue;
      const id = idOf(record, HEADERS.eventId);
      this.all.missing.delete(id);
      if (!this.#applied.has(id)) {
        if (id !== '' && this.all.isElsewhere(id)) this.findings.double(AREA, `${id} is in two partitions.`);
        this.#applied.set(id, 0);
      }
      if (this.all.rejected.has(id))
        this.findings.double(AREA, `${id} is in behavior.events and in behavior.rejected.`);
    }
  }

  /** Records of customer.features without repetitions. */
  applied(records: readonly StoredRecord[]): void {
    for (const { key, value } of records) {
      if (key === null || isCanaryKey(key)) continue;
      const { messageId } = CUSTOMER_FEATURES.decode(value);
      const before = this.#applied.get(messageId);
      if (before === undefined)
        this.findings.double(AREA, `${messageId} of ${key} was applied and is not in behavior.events.`);
      else this.#applied.set(messageId, before + 1);
    }
  }

  /** `letters`: the dead letters of the features stage. */
  conclude(letters: readonly StoredRecord[]): void {
    const buried = new Set(letters.map((letter) => idOf(letter, HEADERS.replayOf)));
    for (const [id, times] of this.#applied) {
      if (times > 1) this.findings.double(AREA, `${id} was applied ${times} times.`);
      if (times === 0 && !buried.has(id))
        this.findings.lose(AREA, `${id} is in behavior.events, and neither applied nor a dead letter.`);
    }
  }
}

/** The message id of an event; of one that cannot be read, what its header says. */
function idOf({ value, headers }: StoredRecord, header: string): string {
  try {
    return BEHAVIOR_EVENTS.decode(value).messageId;
  } catch {
    return headers[header] ?? '';
  }
}
