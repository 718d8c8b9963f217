// What one producer has yet to write to one partition: calls in order, cut into batches Kafka takes, one batch under way at most.
import { type BrokerRecord } from '../broker.js';
import { checkedSize } from './record-batch.js';

/** Under Kafka's default bound of 1,048,588 bytes even with the largest record and its framing. */
const BATCH_BYTES = 1_040_000;

/** A call of `append`. Larger ones span several batches. */
interface Call {
  readonly deadline: number;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: unknown) => void;
  /** Where its first record was stored. */
  first: number | undefined;
}

interface Piece {
  readonly call: Call;
  readonly records: readonly BrokerRecord[];
  readonly bytes: number;
  readonly isLast: boolean;
}

/** A batch on its way: the same bytes until it is acknowledged. */
interface UnderWay<Encoded> {
  readonly encoded: Encoded;
  readonly pieces: readonly Piece[];
  readonly count: number;
}

/** Turns records into what is sent. `capacity`: the sum of their `checkedSize`; `sequence`: how many came before, modulo 2³¹. */
export type Encode<Encoded> = (records: readonly BrokerRecord[], capacity: number, sequence: number) => Encoded;

/** Sequence numbers and order of one partition. Once failed it stays failed. */
export class AppendQueue<Encoded> {
  readonly #pieces: Piece[] = [];
  #underWay: UnderWay<Encoded> | undefined;
  #sequence = 0;
  #failure: unknown;

  constructor(
    readonly topic: string,
    readonly partition: number,
    private readonly encode: Encode<Encoded>,
  ) {}

  /** The batch to send now; the same one until `stored` or `fail`. */
  batch(): Encoded | undefined {
    if (this.#underWay || this.#pieces.length === 0) return this.#underWay?.encoded;
    const pieces: Piece[] = [];
    let size = 0;
    while (this.#pieces[0] && (pieces.length === 0 || size + this.#pieces[0].bytes <= BATCH_BYTES)) {
      const piece = this.#pieces.shift() as Piece;
      pieces.push(piece);
      size += piece.bytes;
    }
    const records = pieces.length === 1 ? (pieces[0] as Piece).records : pieces.flatMap((piece) => piece.records);
    const encoded = this.encode(records, size, this.#sequence);
    this.#underWay = { encoded, pieces, count: records.length };
    return encoded;
  }

  get isEmpty(): boolean {
    return !this.#underWay && this.#pieces.length === 0;
  }

  /** Resolves with the offset of the first record. Records must stay as they are until then. */
  add(records: readonly BrokerRecord[], deadline: number): Promise<number> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const call: Call = { deadline, resolve, reject, first: undefined };
      try {
        this.#pieces.push(...cut(records, this.topic, call));
      } catch (error) {
        reject(error);
        // Records of earlier calls go on; nothing later may follow the refused ones.
        this.#failure = error;
      }
    });
  }

  /** Kafka has the batch under way, its first record at `base`. */
  stored(base: number): void {
    const { pieces, count } = this.#underWay as UnderWay<Encoded>;
    this.#underWay = undefined;
    this.#sequence = (this.#sequence + count) % 2 ** 31;
    let offset = base;
    for (const { call, records, isLast } of pieces) {
      call.first ??= offset;
      offset += records.length;
      if (isLast) call.resolve(call.first);
    }
  }

  /** Whether the oldest call has waited too long. */
  isOverdue(now: number): boolean {
    const oldest = this.#underWay?.pieces[0] ?? this.#pieces[0];
    return oldest !== undefined && oldest.call.deadline <= now;
  }

  /** Rejects everything that waits, and all that comes later. */
  fail(error: unknown): void {
    this.#failure ??= error;
    const calls = new Set([...(this.#underWay?.pieces ?? []), ...this.#pieces].map(({ call }) => call));
    this.#underWay = undefined;
    this.#pieces.length = 0;
    for (const call of calls) call.reject(error);
  }
}

function cut(records: readonly BrokerRecord[], topic: string, call: Call): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let bytes = 0;
  records.forEach((record, index) => {
    const size = checkedSize(record, topic);
    if (index > from && bytes + size > BATCH_BYTES) {
      pieces.push({ call, records: records.slice(from, index), bytes, isLast: false });
      [from, bytes] = [index, 0];
    }
    bytes += size;
  });
  pieces.push({ call, records: from === 0 ? records : records.slice(from), bytes, isLast: true });
  return pieces;
}
