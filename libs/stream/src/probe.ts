// Where a test may look into the runner, strike it, or take a rule of its protocol away. A probe is handed in by code, as a part of
// Resources, and by nothing else: no setting leads here, and the services' own programs pass none. See also simulation/flaws.ts.
import { type Ports } from './partition-context.js';
import { type Sink, type Task } from './task.js';

/**
 * Moments between which a crash makes a difference:
 * - `woken`: a wake-up has been applied in memory; what it puts out is queued and not yet sent
 * - `sending`, `sent`: before records of any kind are appended; after they have been acknowledged, before a checkpoint knows of it
 * - `saving`: everything put out is acknowledged; the checkpoint's transaction comes next
 * - `inside`: the transaction has written everything; its COMMIT comes next
 * - `saved`: it has committed; the group has not been told of the position
 * - `delivered`: a message has reached the channel's other end; that is not noted yet (dispatch, beside its stream)
 *
 * After `woken`, the next `sending` and `sent` are about what that wake-up puts out, the next `saving` and `saved` about its checkpoint.
 */
export type Point = 'woken' | 'sending' | 'sent' | 'saving' | 'inside' | 'saved' | 'delivered';

export interface Probe {
  /** Called synchronously, before anything else can happen: who ends the process here ends it exactly here. `stage`: task or sink. */
  reached?(point: Point, stage: string, partition: number): void;
  /** What the runner is to use in place of its ports. Called once for each `StreamTransport`. */
  ports?(ports: Ports): Ports;
  /** What is to be run in place of a task, or of a sink. Called once for each of a `StreamTransport`. */
  task?(task: Task<unknown, unknown, unknown, unknown>): Task<unknown, unknown, unknown, unknown>;
  sink?(sink: Sink<unknown>): Sink<unknown>;
}

/** The same for one partition; absent when nobody is to be told. */
export type Reached = ((point: Point) => void) | undefined;
