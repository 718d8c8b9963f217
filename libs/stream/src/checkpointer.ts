// The barrier of one partition: all outputs acknowledged, then one transaction with everything that changed. One at a time; a failed
// or doubtful one is repeated with the same bytes before the next.
import { type CheckpointStore, type Ownership } from '@holdfast/postgres';

import { type Emitter } from './emitter.js';
import { Fenced } from './endings.js';
import { type LetterSender } from './letter-sender.js';
import { type PartitionMemory } from './partition-memory.js';
import { type Reached } from './probe.js';
import { retry, type RetryContext } from './retry.js';

export interface CheckpointerOptions extends RetryContext {
  readonly store: CheckpointStore;
  readonly owner: Ownership;
  readonly letters: LetterSender;
  readonly emitter: Emitter;
  readonly window: number;
  readonly reached: Reached;
  /** The partition is lost, or told to end. */
  onFailure(error: unknown): void;
  /** A checkpoint with this position has been committed. */
  onSaved(position: number, tookMs: number): void;
}

export class Checkpointer {
  private saving: Promise<void> | undefined;
  private failure: unknown;

  constructor(
    private readonly memory: PartitionMemory<unknown, unknown>,
    private readonly options: CheckpointerOptions,
  ) {}

  get isBusy(): boolean {
    return this.saving !== undefined;
  }

  /**
   * To be called while nothing is being applied. Resolves when the snapshot is taken: applying may go on, the transaction runs
   * beside it. Throws when an output could not be sent.
   */
  async begin(): Promise<void> {
    const { emitter, timer } = this.options;
    await this.done();
    await emitter.flush();
    await this.sendLetters();
    const started = timer.now();
    const parts = this.memory.snapshot();
    this.saving = this.save(parts).then(
      (wakeUps) => {
        this.memory.saved(wakeUps);
        this.saving = undefined;
        this.options.reached?.('saved');
        this.options.onSaved(parts.progress.position, timer.now() - started);
      },
      (error: unknown) => {
        this.failure = error;
        this.options.onFailure(error);
      },
    );
  }

  /** Resolves when no transaction is under way. Throws what the last one failed with for good. */
  async done(): Promise<void> {
    await this.saving;
    if (this.failure !== undefined) throw this.failure;
  }

  /** Takes a checkpoint and waits until it is committed. */
  async complete(): Promise<void> {
    await this.begin();
    await this.done();
  }

  private async sendLetters(): Promise<void> {
    const letters = this.memory.letterBox;
    if (letters.length === 0) return;
    await this.options.letters.send(letters);
    this.memory.letterBox = [];
    this.memory.areLettersUnsaved = true;
  }

  private save(parts: ReturnType<PartitionMemory<unknown, unknown>['snapshot']>) {
    const { store, owner, window, reached } = this.options;
    reached?.('saving');
    return retry(this.options, async () => {
      const wakeUps = await store.save({ ...owner, ...parts }, window);
      if (!wakeUps) throw new Fenced();
      return wakeUps;
    });
  }
}
