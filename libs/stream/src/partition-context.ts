// What a run of one partition is given.
import { type Broker, type RecordStream } from '@holdfast/broker';
import { type CheckpointStore, type Owned, type Ownership, type PartitionId } from '@holdfast/postgres';

import { type StreamObserver } from './observer.js';
import { type Reached } from './probe.js';
import { type Producers } from './producers.js';
import { type StreamSettings } from './settings.js';
import { type Timer } from './timer.js';

/** The outside world of a runner. */
export interface Ports {
  readonly broker: Broker;
  readonly store: CheckpointStore;
  readonly timer: Timer;
}

/** The same for all incarnations of a partition. */
export interface PartitionContext extends Ports {
  readonly id: PartitionId;
  /** Input topic, and the log id it was registered with. */
  readonly topic: string;
  readonly logId: string;
  readonly group: string;
  readonly settings: StreamSettings;
  readonly observer: StreamObserver;
  readonly producers: Producers;
  /** For dead letters: what is refused there must not fail what is sent elsewhere at the same moment. */
  readonly letterProducers: Producers;
  readonly reached: Reached;
  /** For lag tools. */
  commit(position: number): void;
}

/** From taking ownership to losing it: one epoch, one read stream, one set of things in memory. */
export interface Opened {
  readonly owner: Ownership;
  readonly owned: Owned;
  readonly stream: RecordStream;
  /** Aborted when the run must end without delay. */
  readonly signal: AbortSignal;
  /** What holds the run up, for readiness to say; null: nothing any more. */
  hold(sentence: string | null): void;
}

/** A task or a sink at work on a partition it owns. */
export interface Run {
  /** Works until told to finish (then checkpoints and resolves) or until something fails (then throws). */
  work(): Promise<void>;
  /** Asks it to finish soon. */
  finish(): void;
}
