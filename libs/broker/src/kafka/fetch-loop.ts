// One long poll a server for all open streams whose partitions it leads: idle readers cost one request every half second,
// a slow reader holds up no other, and a new stream interrupts the poll it would have to wait for.
import { Backoff } from '../backoff.js';
import { PermanentError } from '../errors.js';
import { type Address, Link, type LinkOptions } from './link.js';
import { type KafkaStream } from './kafka-stream.js';
import { type FetchedPart, fetchRecords, isPassing, KAFKA } from './wire.js';

const PARTITION_BYTES = 1_048_576;
const TOTAL_BYTES = 4_194_304;
const IDLE_WAIT_MS = 500;
/** While a stream is full it may ask again any moment. */
const BUSY_WAIT_MS = 50;
/** Small answers are not followed at once by the next question: at a thousand records a second that would be a request a record. */
const PACE_MS = 4;
const PACED_BELOW_BYTES = 65_536;

/** The loop of one server. It ends when it has no streams left. */
export class FetchLoop {
  readonly #streams = new Set<KafkaStream>();
  readonly #link: Link;
  readonly #backoff = new Backoff();
  #isRunning = false;
  #signal: (() => void) | undefined;
  /** Set while a poll is pending that a new stream need not wait for. */
  #isInterruptible = false;
  #wasInterrupted = false;

  /** `onLost` gets streams whose partition may have moved to another server. */
  constructor(
    address: Address,
    options: LinkOptions,
    private readonly onLost: (stream: KafkaStream) => void,
  ) {
    this.#link = new Link(address, options);
  }

  add(stream: KafkaStream): void {
    this.#streams.add(stream);
    stream.onRoom = () => this.#wake();
    this.#wake();
    if (this.#isInterruptible) {
      this.#isInterruptible = false;
      this.#wasInterrupted = true;
      this.#link.interrupt();
    }
    if (!this.#isRunning) void this.#run();
  }

  close(): void {
    this.#streams.clear();
    this.#link.close();
    this.#wake();
  }

  #wake(): void {
    this.#signal?.();
    this.#signal = undefined;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // Streams opened together share the first question.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#drop()) {
      const ready = [...this.#streams].filter(({ hasRoom }) => hasRoom);
      if (ready.length === 0) await new Promise<void>((resolve) => (this.#signal = resolve));
      else await this.#poll(ready);
    }
    this.#isRunning = false;
    this.#link.interrupt();
  }

  /** Forgets streams that have ended; whether any is left. */
  #drop(): boolean {
    for (const stream of this.#streams) if (stream.isDone) this.#streams.delete(stream);
    return this.#streams.size > 0;
  }

  async #poll(all: readonly KafkaStream[]): Promise<void> {
    const ready = oneOfEachPartition(all);
    const parts = ready.map(({ topic, partition, offset }) => ({
      topic,
      partition,
      offset,
      maxBytes: PARTITION_BYTES,
    }));
    const isIdle = ready.length === this.#streams.size;
    try {
      this.#wasInterrupted = false;
      this.#isInterruptible = isIdle;
      const answer = await this.#link.call(fetchRecords, parts, isIdle ? IDLE_WAIT_MS : BUSY_WAIT_MS, TOTAL_BYTES);
      this.#isInterruptible = false;
      this.#backoff.reset();
      const bytes = this.#spread(ready, answer);
      // Whose turn it was lets the other readers of its partition ask first.
      if (ready.length < all.length) for (const stream of ready) this.#toEnd(stream);
      if (bytes < PACED_BELOW_BYTES && bytes > 0) await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    } catch (error) {
      this.#isInterruptible = false;
      if (this.#wasInterrupted) {
        this.#wasInterrupted = false;
        return;
      }
      if (error instanceof RangeError) for (const stream of ready) stream.fail(error);
      await new Promise((resolve) => setTimeout(resolve, this.#backoff.next()));
      for (const stream of [...this.#streams]) this.#lose(stream);
    }
  }

  #spread(ready: readonly KafkaStream[], answer: readonly FetchedPart[]): number {
    let bytes = 0;
    for (const part of answer) {
      for (const stream of ready) {
        if (stream.topic !== part.topic || stream.partition !== part.partition || stream.isDone) continue;
        if (part.code === 0 && part.bytes) {
          bytes += part.bytes.length;
          stream.push(part.bytes);
          // Kafka fills answers in the order of the question: who got something asks last next time.
          this.#toEnd(stream);
        } else if (part.code !== 0) this.#refuse(stream, part);
      }
    }
    return bytes;
  }

  #toEnd(stream: KafkaStream): void {
    if (this.#streams.delete(stream)) this.#streams.add(stream);
  }

  #refuse(stream: KafkaStream, { code, start, end }: FetchedPart): void {
    const { topic, partition, offset } = stream;
    if (code === KAFKA.offsetOutOfRange) {
      const message = `Offset ${offset} lies outside partition ${partition} of ${topic} in Kafka.`;
      stream.fail(new PermanentError('offset-out-of-range', message, { topic, partition, offset, start, end }));
    } else if (isPassing(code)) this.#lose(stream);
    else stream.fail(new Error(`Kafka refused to read partition ${partition} of ${topic}: error ${code}`));
  }

  #lose(stream: KafkaStream): void {
    this.#streams.delete(stream);
    if (!stream.isDone) this.onLost(stream);
  }
}

/** Kafka answers once for a partition, from one offset: of several readers one can ask at a time. */
function oneOfEachPartition(streams: readonly KafkaStream[]): KafkaStream[] {
  const first = new Map<string, KafkaStream>();
  for (const stream of streams) {
    const place = `${stream.topic}/${stream.partition}`;
    if (!first.has(place)) first.set(place, stream);
  }
  return [...first.values()];
}
