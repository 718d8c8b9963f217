// One incarnation of a sink's partition: batches go into PostgreSQL in one transaction with their position, fenced by the epoch.
import { type StoredRecord } from '@holdfast/broker';
import { noteLetters, type Progress, type Transaction } from '@holdfast/postgres';
import { HEADERS, type Millis } from '@holdfast/schemas';

import { Bell } from './bell.js';
import { Fenced } from './endings.js';
import { type Incoming, Reader } from './incoming.js';
import { LetterSender } from './letter-sender.js';
import { Outgoing } from './outgoing.js';
import { type Opened, type PartitionContext, type Run } from './partition-context.js';
import { sentenceOf } from './retry.js';
import { type Sink, type SinkRecord } from './task.js';

/** Records in one transaction. */
const SLICE = 1_000;
/** Ticks alone are held for this many times `checkpointMs` at most. */
const MOST_QUIET_TURNS = 4;

/** A record to apply, if it is for the sink at all, and how far the partition is after it. */
interface Item {
  readonly record: StoredRecord;
  readonly value: SinkRecord<unknown> | null;
  /** Of a letter sent back: its id. */
  readonly letter: string | null;
  readonly progress: Progress;
}

export class SinkRun implements Run {
  private readonly bell = new Bell();
  private readonly outgoing: Outgoing<never>;
  private readonly letters: LetterSender;
  private progress: Progress;
  private arrived: readonly StoredRecord[] | undefined;
  private failure: unknown;
  private held: Item[] = [];
  private isFinishing = false;
  private readonly isWaiting = { soon: false, late: false };
  private isDue = false;
  /** How often what was held has been applied since the last record that was no tick. */
  private quietTurns = 0;

  constructor(
    private readonly sink: Sink<unknown>,
    private readonly context: PartitionContext,
    private readonly opened: Opened,
  ) {
    this.progress = opened.owned.progress;
    const none = { schema: '', encode: () => new Uint8Array(0) };
    this.letters = new LetterSender(context, opened);
    this.outgoing = new Outgoing(context.logId, context.id.partition, none, context.settings.maxOutputBytes);
  }

  finish(): void {
    this.isFinishing = true;
    this.bell.ring();
  }

  async work(): Promise<void> {
    this.request();
    for (;;) {
      if (this.failure !== undefined) throw this.failure;
      if (this.isFinishing) return this.applyHeld();
      if (this.isDue) {
        this.isDue = false;
        await this.applyHeld();
      }
      const records = this.arrived;
      if (records) {
        if (records.length === 0) throw new Error(`the stream of ${this.context.topic} ended`);
        this.arrived = undefined;
        this.request();
        await this.take(records);
      } else {
        await this.bell.wait();
      }
    }
  }

  private request(): void {
    this.opened.stream.next().then(
      (records) => {
        this.arrived = records;
        this.bell.ring();
      },
      (error: unknown) => {
        this.failure = error ?? new Error(sentenceOf(error));
        this.bell.ring();
      },
    );
  }

  /**
   * Records wait a moment for company, so that a transaction serves many; nothing but ticks waits for long, so that idling
   * costs none.
   */
  private async take(records: readonly StoredRecord[]): Promise<void> {
    const reader = new Reader(this.sink.name, this.sink.input, this.progress.source);
    let isUrgent = false;
    for (const record of records) {
      const incoming = reader.read(record);
      isUrgent ||= incoming.kind === 'customer' || incoming.kind === 'bad';
      if (incoming.kind === 'bad') await this.deadLetter(record, incoming.error);
      this.progress = advance(this.progress, incoming);
      const { progress } = this;
      this.held.push({ record, value: valueOf(incoming, progress.now), letter: incoming.letter, progress });
    }
    if (this.held.length >= SLICE) return this.applyHeld();
    const { settings } = this.context;
    if (isUrgent) {
      this.quietTurns = 0;
      this.applyIn('soon', settings.sinkLingerMs);
    } else this.applyIn('late', settings.checkpointMs * Math.min(this.quietTurns + 1, MOST_QUIET_TURNS));
  }

  /** At most one timer of each kind runs; one that rings early for what came later does no harm. */
  private applyIn(kind: 'soon' | 'late', ms: number): void {
    if (this.isWaiting[kind]) return;
    this.isWaiting[kind] = true;
    void this.context.timer.wait(ms, this.opened.signal).then(() => {
      this.isWaiting[kind] = false;
      this.isDue = true;
      this.quietTurns++;
      this.bell.ring();
    });
  }

  private async applyHeld(): Promise<void> {
    const items = this.held;
    this.held = [];
    for (let start = 0; start < items.length; start += SLICE) {
      const slice = items.slice(start, start + SLICE);
      try {
        await this.applyInOne(slice);
      } catch (error) {
        if (!isPermanent(error)) throw error;
        // One of them is to blame: alone, each shows whether it is the one.
        for (const item of slice) await this.applyAlone(item);
      }
      this.context.commit(slice.at(-1)!.progress.position);
    }
  }

  private async applyAlone(item: Item): Promise<void> {
    try {
      await this.applyInOne([item]);
    } catch (error) {
      if (!isPermanent(error)) throw error;
      await this.deadLetter(item.record, sentenceOf(error));
      await this.applyInOne([{ ...item, value: null }]);
    }
  }

  /** Any failure but a permanent one leads back to the checkpoint: only that tells whether the transaction has committed. */
  private async applyInOne(items: readonly Item[]): Promise<void> {
    const { store, timer, observer, id, reached } = this.context;
    let records: SinkRecord<unknown>[] = [];
    const started = timer.now();
    reached?.('saving');
    const isMine = await store.advance(this.opened.owner, items.at(-1)!.progress, async (transaction) => {
      const news = await this.withoutRepeats(items, transaction);
      records = news.flatMap(({ value }) => value ?? []);
      if (records.length > 0) await this.sink.apply(records, id.partition, transaction);
    });
    if (!isMine) throw new Fenced();
    reached?.('saved');
    const now = timer.now();
    observer.checkpointed?.(id.task, now - started);
    for (const record of records) {
      if (record.kind === 'tick') observer.ticked?.(id.task, id.partition, record.at);
      else observer.applied?.(id.task, now - record.at);
    }
    if (records.length > 0) this.sink.committed?.(id.partition);
  }

  /** A letter sent back counts once, however often it is. */
  private async withoutRepeats(items: readonly Item[], transaction: Transaction): Promise<readonly Item[]> {
    const letters = items.flatMap(({ letter }) => letter ?? []);
    if (letters.length === 0) return items;
    const news = new Set(await noteLetters(transaction, this.context.id, letters));
    return items.filter(({ letter }) => letter === null || news.delete(letter));
  }

  private async deadLetter(record: StoredRecord, error: string): Promise<void> {
    const { id, observer } = this.context;
    await this.letters.send([this.outgoing.deadLetter(record, error, { offset: record.offset, index: 0 })]);
    observer.deadLetter?.(id.task, error);
  }
}

/** Will fail again: what the database refuses, and what code throws that was handed something impossible. */
const isPermanent = (error: unknown): boolean =>
  error instanceof Error && /^(Permanent|Type|Range|Reference|Syntax|URI)Error$/.test(error.name);

function advance(progress: Progress, incoming: Incoming<unknown>): Progress {
  return {
    ...progress,
    position: incoming.record.offset + 1,
    now: incoming.kind === 'tick' ? Math.max(progress.now, incoming.at) : progress.now,
    source: incoming.kind === 'skip' ? progress.source : (incoming.cause ?? progress.source),
  };
}

function valueOf(incoming: Incoming<unknown>, now: Millis): SinkRecord<unknown> | null {
  if (incoming.kind === 'tick') return { kind: 'tick', at: incoming.at };
  if (incoming.kind !== 'customer') return null;
  const { record, letter, key, sequence, input } = incoming;
  return {
    kind: 'record',
    value: input,
    id: record.headers[HEADERS.eventId] ?? '',
    key,
    sequence: sequence ?? 0,
    // What is sent back is applied as of the present.
    at: letter === null ? record.at : Math.max(record.at, now),
  };
}
