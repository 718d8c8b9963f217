// Builds the records a partition writes. All that identifies them derives from the record that caused them; nothing is random.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { HEADERS, type Millis, type Topic, WAKE_UP_SCHEMA, wakeUpCodec } from '@holdfast/schemas';

import { fit, headerText } from './letter-size.js';

/** Most characters of what a dead letter says of its record. Ingest's longest event id has 1,800. */
const MOST = { error: 500, schema: 100, sequence: 20, id: 2_000 } as const;

/** Where the causing record is, and how many outputs it has had so far. */
export interface OutputPlace {
  readonly offset: number;
  readonly index: number;
}

/** To whom outputs belong. */
export interface Addressee {
  readonly key: string;
  readonly at: Millis;
  /** Sequence of the customer's last output. */
  readonly sequence: number;
}

export class Outgoing<Output> {
  private readonly sources: string;
  private readonly ids: string;

  constructor(
    logId: string,
    partition: number,
    private readonly topic: Pick<Topic<Output>, 'schema' | 'encode'>,
    private readonly maxBytes: number,
  ) {
    this.sources = `${logId}/${partition}/`;
    this.ids = `${logId}-${partition}-`;
  }

  /** Throws when an output cannot be encoded or is too large. */
  outputs(values: readonly Output[], { key, at, sequence }: Addressee, { offset, index }: OutputPlace): BrokerRecord[] {
    return values.map((value, i) => {
      const meta = { id: `${this.ids}${offset}-${index + i}`, sequence: sequence + 1 + i };
      const bytes = this.topic.encode(value, meta);
      if (bytes.length > this.maxBytes) {
        throw new RangeError(`an output of ${bytes.length} bytes is larger than the limit of ${this.maxBytes}`);
      }
      const headers = {
        [HEADERS.schema]: this.topic.schema,
        [HEADERS.eventId]: meta.id,
        [HEADERS.source]: `${this.sources}${offset}.${index + i}`,
        [HEADERS.sequence]: String(meta.sequence),
      };
      return { key, value: bytes, headers, at };
    });
  }

  /** A tick or release, passed on as it is. */
  forward(record: StoredRecord, { offset, index }: OutputPlace): BrokerRecord {
    return {
      key: null,
      value: record.value,
      headers: {
        [HEADERS.schema]: record.headers[HEADERS.schema]!,
        [HEADERS.eventId]: `${this.ids}${offset}-${index}`,
        [HEADERS.source]: `${this.sources}${offset}.${index}`,
        [HEADERS.sequence]: '0',
      },
      at: record.at,
    };
  }

  /**
   * A record that could not be applied: its key, time and value as they were, and in the headers why, where it stands (source) and
   * what it said of itself. `place.index` counts dead letters. Others may have written it: whatever it is, the letter can be stored.
   */
  deadLetter(record: StoredRecord, error: string, place: OutputPlace): BrokerRecord {
    const { [HEADERS.schema]: schema, [HEADERS.eventId]: id, [HEADERS.sequence]: sequence } = record.headers;
    return fit({
      key: record.key,
      value: record.value,
      headers: {
        ...this.letterHeaders(schema ?? '', error, place),
        ...(id === undefined ? {} : { [HEADERS.replayOf]: headerText(id, MOST.id) }),
        ...(sequence === undefined ? {} : { [HEADERS.sequence]: headerText(sequence, MOST.sequence) }),
      },
      at: Math.max(0, record.at),
    });
  }

  /** A wake-up that could not be fired. */
  deadWakeUp(key: string, wakeAt: Millis, error: string, place: OutputPlace): BrokerRecord {
    return {
      key,
      value: wakeUpCodec.encode({ key, wakeAt }, { id: '', sequence: 0 }),
      headers: this.letterHeaders(WAKE_UP_SCHEMA, error, place),
      at: wakeAt,
    };
  }

  private letterHeaders(schema: string, error: string, { offset, index }: OutputPlace): Record<string, string> {
    return {
      [HEADERS.schema]: headerText(schema, MOST.schema),
      [HEADERS.eventId]: `${this.ids}${offset}-${index}`,
      [HEADERS.source]: `${this.sources}${offset}.${index}`,
      [HEADERS.error]: headerText(error, MOST.error),
    };
  }
}
