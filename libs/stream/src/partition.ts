// A partition assigned to this process: run after run, each from the checkpoint, until it is revoked, fenced or stopped.
import { PermanentError, type Producer } from '@holdfast/broker';

import { Abandoned, Fenced, Stopped } from './endings.js';
import { open } from './opening.js';
import { type Opened, type PartitionContext, type Run } from './partition-context.js';
import { pause, type RetryContext, sentenceOf } from './retry.js';

/** `sentence` says what a person would want to know while it is not running. */
export type PartitionStatus =
  | { readonly state: 'opening' | 'running' | 'ended' }
  | { readonly state: 'waiting' | 'stopped'; readonly sentence: string };

/** Makes a run of a partition that has just been opened. */
export type RunMaker = (context: PartitionContext, opened: Opened, producer: Producer) => Run;

export class Partition {
  private current: PartitionStatus = { state: 'opening' };
  private run: Run | undefined;
  private readonly abort = new AbortController();
  private readonly done: Promise<void>;
  private isFinishing = false;
  private isOpen = false;

  constructor(
    private readonly context: PartitionContext,
    private readonly makeRun: RunMaker,
    private readonly onFenced: () => void,
  ) {
    this.done = this.live();
  }

  get status(): PartitionStatus {
    return this.current;
  }

  /** It is open: its checkpoint fits the log. */
  get isAtWork(): boolean {
    return this.run !== undefined;
  }

  /** It could not be opened: its checkpoint does not fit the log. */
  get isRefused(): boolean {
    return this.current.state === 'stopped' && !this.isOpen;
  }

  /** Checkpoints and ends; without a checkpoint when that takes longer than `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.isFinishing = true;
    if (this.run) this.run.finish();
    else this.abort.abort();
    const grace = new AbortController();
    const late = this.context.timer.wait(graceMs, grace.signal).then(() => this.abort.abort());
    // What still hangs after that (a send to a broker that is away) can do no harm: its checkpoint will be refused.
    await Promise.race([this.done, late]);
    grace.abort();
  }

  private async live(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const started = this.context.timer.now();
      try {
        await this.incarnate();
        this.current = { state: 'ended' };
        return;
      } catch (error) {
        if (this.end(error)) return;
        const sentence = sentenceOf(error);
        this.current = { state: 'waiting', sentence };
        this.trouble(sentence);
        if (this.context.timer.now() - started > 60_000) attempt = 1;
        await pause(this.again(this.abort.signal), attempt);
        if (this.isFinishing || this.abort.signal.aborted) {
          this.current = { state: 'ended' };
          return;
        }
      }
    }
  }

  /** True when nothing is to be tried again. */
  private end(error: unknown): boolean {
    const isLost =
      error instanceof PermanentError && ['offset-out-of-range', 'corrupt-log', 'no-such-topic'].includes(error.code);
    if (error instanceof Stopped || isLost) {
      this.current = { state: 'stopped', sentence: error.message };
      this.trouble(error.message);
      return true;
    }
    if (error instanceof Fenced) {
      this.current = { state: 'ended' };
      this.onFenced();
      return true;
    }
    // A checkpoint that fails while finishing is not repeated: the next owner starts from the last one.
    if (error instanceof Abandoned || this.isFinishing) {
      this.current = { state: 'ended' };
      return true;
    }
    return false;
  }

  /** One run from taking ownership to its end. */
  private async incarnate(): Promise<void> {
    const { context } = this;
    const own = new AbortController();
    const end = () => own.abort();
    this.abort.signal.addEventListener('abort', end);
    if (this.abort.signal.aborted) end();
    let opened: Omit<Opened, 'hold'> | undefined;
    let producer: Producer | undefined;
    let failed = true;
    try {
      this.isOpen = false;
      opened = await open(context, this.again(own.signal));
      this.isOpen = true;
      producer = await context.producers.lease();
      if (own.signal.aborted) throw new Abandoned();
      const hold = (sentence: string | null) => {
        if (own.signal.aborted) return; // a run that is over has nothing more to say
        this.current = sentence === null ? { state: 'running' } : { state: 'waiting', sentence };
      };
      this.run = this.makeRun(context, { ...opened, hold }, producer);
      this.current = { state: 'running' };
      if (this.isFinishing) this.run.finish();
      await this.run.work();
      failed = false;
    } catch (error) {
      failed = !(error instanceof Fenced);
      throw error;
    } finally {
      this.run = undefined;
      own.abort();
      this.abort.signal.removeEventListener('abort', end);
      // Not waited for: neither may hold up what comes next.
      opened?.stream.close().catch(() => undefined);
      if (producer) void context.producers.giveBack(producer, failed);
    }
  }

  private again(signal: AbortSignal): RetryContext {
    const { timer, settings } = this.context;
    return { timer, settings, signal, trouble: (sentence) => this.trouble(sentence) };
  }

  private trouble(sentence: string): void {
    const { id, observer } = this.context;
    observer.trouble?.(id.task, id.partition, sentence);
  }
}
