// Builds the records a partition writes. All that identifies them derives from the record that caused them; nothing is random.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { encodeJson, HEADERS, type Millis, toIso, type Topic } from '@holdfast/schemas';

/** Schema header of a wake-up in a dead letter. */
const WAKE_UP_SCHEMA = 'wake-up/1';

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

  /** A record that could not be applied. `place.index` counts dead letters. */
  deadLetter(record: StoredRecord, error: string, place: OutputPlace): BrokerRecord {
    const { [HEADERS.schema]: schema, [HEADERS.eventId]: id, [HEADERS.sequence]: sequence } = record.headers;
    return {
      key: record.key,
      value: record.value,
      headers: {
        ...this.letterHeaders(schema ?? '', error, place),
        ...(id === undefined ? {} : { [HEADERS.replayOf]: id }),
        ...(sequence === undefined ? {} : { [HEADERS.sequence]: sequence }),
      },
      at: record.at,
    };
  }

  /** A wake-up that could not be fired. */
  deadWakeUp(key: string, wakeAt: Millis, error: string, place: OutputPlace): BrokerRecord {
    return {
      key,
      value: encodeJson({ key, wakeAt: toIso(wakeAt) }),
      headers: this.letterHeaders(WAKE_UP_SCHEMA, error, place),
      at: wakeAt,
    };
  }

  private letterHeaders(schema: string, error: string, { offset, index }: OutputPlace): Record<string, string> {
    return {
      [HEADERS.schema]: schema,
      [HEADERS.eventId]: `${this.ids}${offset}-${index}`,
      [HEADERS.source]: `${this.sources}${offset}.${index}`,
      [HEADERS.error]: error.replace(/[^\x20-\x7e]/g, '?').slice(0, 500),
    };
  }
}
