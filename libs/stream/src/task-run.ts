// One incarnation of a task's partition: reads batches, applies them in order, emits, checkpoints. See docs/runner.md.
import { type Producer, type StoredRecord } from '@holdfast/broker';

import { Bell } from './bell.js';
import { Checkpointer } from './checkpointer.js';
import { Emitter } from './emitter.js';
import { LetterSender } from './letter-sender.js';
import { Outgoing } from './outgoing.js';
import { type Opened, type PartitionContext, type Run } from './partition-context.js';
import { PartitionMemory } from './partition-memory.js';
import { RecordApplier } from './record-applier.js';
import { sentenceOf } from './retry.js';
import { type Task } from './task.js';

/** Records applied together: one load, one look-up of message ids. Few at first, so that a partition taken over goes on at once. */
const SLICE = 500;
const FIRST_SLICE = 50;
/** Slow sends hold up applying at this many unsent outputs. */
const BACKLOG = 5_000;

export class TaskRun implements Run {
  private readonly bell = new Bell();
  private readonly memory: PartitionMemory<unknown, unknown>;
  private readonly emitter: Emitter;
  private readonly checkpointer: Checkpointer;
  private readonly applier: RecordApplier;
  private slice = FIRST_SLICE;
  private arrived: readonly StoredRecord[] | undefined;
  private failure: unknown;
  private isFinishing = false;
  private isTimerSet = false;
  private isDue = false;
  private sinceCheckpointMs = 0;

  constructor(
    task: Task<unknown, unknown, unknown, unknown>,
    private readonly context: PartitionContext,
    private readonly opened: Opened,
    producer: Producer,
  ) {
    const { id, settings, observer, timer, store, logId, reached } = context;
    const { owner, owned, signal } = opened;
    const fail = (error: unknown) => this.fail(error);
    this.memory = new PartitionMemory(task, owned, settings);
    this.emitter = new Emitter(producer, task.output.name, id.partition, {
      maxBytes: settings.maxOutputBytes,
      onFailure: fail,
      reached,
    });
    const again = {
      timer,
      settings,
      signal,
      trouble: (sentence: string) => observer.trouble?.(id.task, id.partition, sentence),
    };
    this.checkpointer = new Checkpointer(this.memory, {
      ...again,
      store,
      owner,
      letters: new LetterSender(context, opened),
      emitter: this.emitter,
      window: settings.wakeWindow,
      reached,
      onFailure: fail,
      trouble: (sentence) => {
        opened.hold(`What was applied cannot be saved yet: ${sentence}`);
        again.trouble(sentence);
      },
      onSaved: (position, tookMs) => {
        opened.hold(null);
        observer.checkpointed?.(id.task, tookMs);
        context.commit(position);
      },
    });
    this.applier = new RecordApplier({
      task,
      memory: this.memory,
      outgoing: new Outgoing(logId, id.partition, task.output, settings.maxOutputBytes),
      emitter: this.emitter,
      checkpointer: this.checkpointer,
      owner,
      store,
      settings,
      observer,
      reached,
      timer,
      again,
    });
  }

  finish(): void {
    this.isFinishing = true;
    this.bell.ring();
  }

  async work(): Promise<void> {
    this.request();
    for (;;) {
      if (this.failure !== undefined) throw this.failure;
      if (this.isFinishing) {
        await this.checkpointer.done();
        if (this.memory.isBehind) await this.checkpointer.complete();
        return;
      }
      if (this.isDue) await this.checkpointIfDue();
      const records = this.arrived;
      if (records) {
        if (records.length === 0) throw new Error(`the stream of ${this.context.topic} ended`);
        this.arrived = undefined;
        this.request();
        await this.apply(records);
      } else {
        await this.bell.wait();
      }
    }
  }

  private fail(error: unknown): void {
    this.failure ??= error ?? new Error(sentenceOf(error));
    this.bell.ring();
  }

  /** Asks for the next batch, while the last one is being applied. */
  private request(): void {
    this.opened.stream.next().then(
      (records) => {
        this.arrived = records;
        this.bell.ring();
      },
      (error: unknown) => this.fail(error),
    );
  }

  private async apply(records: readonly StoredRecord[]): Promise<void> {
    for (let start = 0, end = 0; start < records.length; start = end) {
      if (this.isFinishing || this.failure !== undefined) return;
      if (start > 0) await this.context.timer.breathe();
      end = start + this.slice;
      await this.applier.apply(records.slice(start, end));
      this.slice = Math.min(SLICE, 2 * this.slice);
      this.emitter.kick();
      if (this.emitter.backlog > BACKLOG) await this.emitter.flush();
      this.setTimer();
      if (this.isDue) await this.checkpointIfDue();
    }
  }

  /** One timer at a time, only while there is something to save: an idle partition costs nothing. */
  private setTimer(): void {
    if (this.isTimerSet || !this.memory.isBehind) return;
    this.isTimerSet = true;
    const { timer, settings } = this.context;
    // Spread, so that the partitions of a process do not all save, and hold up what comes, at the same moment.
    const ms = Math.max(1, Math.round(settings.checkpointMs * (0.75 + timer.jitter() / 2)));
    void timer.wait(ms, this.opened.signal).then(() => {
      this.isTimerSet = false;
      this.isDue = true;
      this.sinceCheckpointMs += ms;
      this.bell.ring();
    });
  }

  private async checkpointIfDue(): Promise<void> {
    this.isDue = false;
    const isLate = this.sinceCheckpointMs >= this.context.settings.cleanCheckpointMs;
    if (!this.checkpointer.isBusy && (this.memory.isDirty || (isLate && this.memory.isBehind))) {
      await this.checkpointer.begin();
      this.sinceCheckpointMs = 0;
    }
    this.setTimer();
  }
}
