// What one record causes, as records: outputs and dead letters, all named by the place of their cause.
import { type BrokerRecord, type StoredRecord } from '@holdfast/broker';
import { HEADERS, type Millis, type Topic, WAKE_UP_SCHEMA, wakeUpCodec } from '@holdfast/schemas';

const MAX_OUTPUT_BYTES = 900 * 1024;
const NO_META = { id: '', sequence: 0 };

/** A dead letter, but for its reason: that is the code's own words. */
export type ExpectedLetter = Omit<BrokerRecord, 'headers'> & {
  readonly source: string;
  readonly schema: string;
};

/** To whom outputs belong, and the sequence of the last one before. */
interface Addressee {
  readonly key: string;
  readonly at: Millis;
  readonly sequence: number;
}

export class FoldOutput {
  #cause!: StoredRecord;
  #records: BrokerRecord[] = [];
  #letters: ExpectedLetter[] = [];

  constructor(
    private readonly task: { readonly output: Pick<Topic<unknown>, 'schema' | 'encode'> },
    private readonly place: { readonly logId: string; readonly partition: number; readonly maxBytes?: number },
  ) {}

  /** Starts anew: what follows is caused by this record. */
  begin(cause: StoredRecord): void {
    this.#cause = cause;
    this.#records = [];
    this.#letters = [];
  }

  get records(): readonly BrokerRecord[] {
    return this.#records;
  }

  get letters(): readonly ExpectedLetter[] {
    return this.#letters;
  }

  /** Writes all of them, or throws and writes none. */
  write(values: readonly unknown[], { key, at, sequence }: Addressee): void {
    const { output } = this.task;
    const first = this.#records.length;
    const written = values.map((value, i) => {
      const meta = { id: this.#idOf(first + i), sequence: sequence + 1 + i };
      const bytes = output.encode(value, meta);
      if (bytes.length > (this.place.maxBytes ?? MAX_OUTPUT_BYTES)) throw new RangeError('too large');
      const headers = {
        [HEADERS.schema]: output.schema,
        [HEADERS.eventId]: meta.id,
        [HEADERS.source]: this.#sourceOf(first + i),
        [HEADERS.sequence]: String(meta.sequence),
      };
      return { key, value: bytes, headers, at };
    });
    this.#records.push(...written);
  }

  /** The tick or release itself, passed on. */
  forward(): void {
    const { value, at, headers } = this.#cause;
    const index = this.#records.length;
    this.#records.push({
      key: null,
      value,
      at,
      headers: {
        [HEADERS.schema]: headers[HEADERS.schema]!,
        [HEADERS.eventId]: this.#idOf(index),
        [HEADERS.source]: this.#sourceOf(index),
        [HEADERS.sequence]: '0',
      },
    });
  }

  /** The record itself could not be applied. */
  bury(): void {
    const { key, value, at, headers } = this.#cause;
    this.#addLetter({ key, value, at: Math.max(0, at), schema: headers[HEADERS.schema] ?? '' });
  }

  /** A wake-up that it fired failed. */
  buryWakeUp(key: string, wakeAt: Millis): void {
    const value = wakeUpCodec.encode({ key, wakeAt }, NO_META);
    this.#addLetter({ key, value, at: wakeAt, schema: WAKE_UP_SCHEMA });
  }

  #addLetter(letter: Omit<ExpectedLetter, 'source'>): void {
    this.#letters.push({ ...letter, source: this.#sourceOf(this.#letters.length) });
  }

  #sourceOf(index: number): string {
    return `${this.place.logId}/${this.place.partition}/${this.#cause.offset}.${index}`;
  }

  #idOf(index: number): string {
    return `${this.place.logId}-${this.place.partition}-${this.#cause.offset}-${index}`;
  }
}
