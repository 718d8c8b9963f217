// Everything a task's partition holds in memory between its checkpoints; dropped as a whole when the partition is lost.
import { type BrokerRecord } from '@holdfast/broker';
import { type Owned, type Progress } from '@holdfast/postgres';
import { type Millis } from '@holdfast/schemas';

import { Customers } from './customers.js';
import { type Cause } from './incoming.js';
import { MessageIds } from './message-ids.js';
import { type StreamSettings } from './settings.js';
import { readState, writeState } from './state-bytes.js';
import { type Task } from './task.js';
import { WakeUps } from './wake-ups.js';

export class PartitionMemory<State, Shared> {
  readonly customers: Customers<State>;
  readonly wakeUps = new WakeUps();
  readonly messageIds: MessageIds;
  now: Millis;
  shared: Shared;
  duplicates: number;
  /** Dead letters built and not yet sent. */
  letterBox: BrokerRecord[] = [];
  /** Some have been sent, and the checkpoint that knows of them has not been committed. */
  areLettersUnsaved = false;
  source: Cause | null;
  position: number;
  /** Outputs and dead letters of the record at `position` so far. */
  outputs: number;
  letters: number;
  private sharedChanged = false;
  private storedShared: Progress['shared'];
  private hasMoved = false;

  constructor(
    private readonly task: Task<State, Shared, unknown, unknown>,
    owned: Owned,
    private readonly settings: StreamSettings,
  ) {
    const { progress } = owned;
    this.customers = new Customers(task.state, settings.cacheSize);
    this.messageIds = new MessageIds(settings.duplicateWindowDays);
    this.wakeUps.reset(owned.wakeUps, settings.wakeWindow, []);
    this.now = progress.now;
    this.duplicates = progress.duplicates;
    this.source = progress.source;
    this.position = progress.position;
    this.outputs = progress.outputs;
    this.letters = progress.letters;
    this.storedShared = progress.shared;
    this.shared =
      task.shared && progress.shared
        ? readState(task.shared.codec, progress.shared, `shared state of ${task.name}`)
        : (task.shared?.initial as Shared);
  }

  /** Something besides time and position has changed since the last snapshot. */
  get isDirty(): boolean {
    return (
      this.customers.changedCount > 0 ||
      this.messageIds.freshCount > 0 ||
      this.sharedChanged ||
      this.letterBox.length > 0
    );
  }

  /** Anything at all has changed since the last snapshot. */
  get isBehind(): boolean {
    return this.hasMoved || this.isDirty;
  }

  setShared(shared: Shared | undefined): void {
    if (shared === undefined) return;
    this.shared = shared;
    this.sharedChanged = true;
  }

  /** The record at `offset` comes next. Offsets may leave gaps (a broker's own records). */
  arriveAt(offset: number): void {
    if (offset !== this.position) this.moveTo(offset);
  }

  /** The record at `offset` has been applied. */
  finish(offset: number, cause: Cause | null): void {
    if (cause) this.source = cause;
    this.moveTo(offset + 1);
  }

  private moveTo(position: number): void {
    this.position = position;
    this.outputs = 0;
    this.letters = 0;
    this.hasMoved = true;
  }

  /** All that a checkpoint writes, encoded at this moment. Customers and ids stay pinned until {@link saved}. */
  snapshot(): Pick<SnapshotParts, 'progress' | 'customers' | 'messageIds'> {
    if (this.sharedChanged) this.storedShared = writeState(this.task.shared!.codec, this.shared);
    const { position, outputs, letters, now, source, duplicates } = this;
    const parts = {
      progress: { position, outputs, letters, now, source, duplicates, shared: this.storedShared },
      customers: this.customers.snapshot(),
      messageIds: this.messageIds.snapshot(),
    };
    this.sharedChanged = false;
    this.hasMoved = false;
    return parts;
  }

  /** The snapshot has been committed, and these were the next wake-ups then. */
  saved(wakeUps: Owned['wakeUps']): void {
    this.areLettersUnsaved = false;
    this.customers.saved();
    this.messageIds.saved();
    this.wakeUps.reset(wakeUps, this.settings.wakeWindow, this.customers.changedWakeUps());
  }
}

interface SnapshotParts {
  readonly progress: Progress;
  readonly customers: ReturnType<Customers<unknown>['snapshot']>;
  readonly messageIds: ReturnType<MessageIds['snapshot']>;
}
