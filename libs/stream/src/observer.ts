// What the runner tells about itself: a port for metrics and logs. `stage` is the task's or sink's name.
import { type Millis } from '@holdfast/schemas';

/** All methods are optional and must not throw. */
export interface StreamObserver {
  /** A record of a customer has been applied. `ageMs`: wall clock now − the record's time. */
  applied?(stage: string, ageMs: number): void;
  /** A wake-up was fired. `lagMs`: wall clock now − its instant. */
  woken?(stage: string, lagMs: number): void;
  /** A message id came a second time and was dropped. */
  duplicate?(stage: string): void;
  /** A record of which the task says something that is counted. */
  noted?(stage: string, what: string): void;
  deadLetter?(stage: string, error: string): void;
  /** A checkpoint was committed and took this long. */
  checkpointed?(stage: string, tookMs: number): void;
  /** These partitions are owned now. */
  owned?(stage: string, partitions: readonly number[]): void;
  /** A failure that is being tried again, or a partition that stopped: for the log. */
  trouble?(stage: string, partition: number, sentence: string): void;
  /** The largest tick a partition has applied. */
  ticked?(stage: string, partition: number, now: Millis): void;
}
