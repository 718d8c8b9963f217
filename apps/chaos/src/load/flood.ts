// Calls beside those of the load, at a pace of their own.
import { type Load } from './load.js';
import { type Call } from './traffic.js';

export interface Flood {
  readonly calls: Iterator<Call, never>;
  readonly perSecond: number;
  /** Calls in one request. */
  readonly batch: number;
  /** Asked before each request, with how many have been accepted. */
  readonly isOver: (accepted: number) => boolean;
}

/** One request after another; what a slow answer has held up is not made up for. Resolves to how many were accepted. */
export async function flood(load: Load, { calls, perSecond, batch, isOver }: Flood): Promise<number> {
  let accepted = 0;
  for (let due = performance.now(); !isOver(accepted) && !load.abandoned.aborted;) {
    await load.send(Array.from({ length: batch }, () => calls.next().value));
    accepted += batch;
    due = Math.max(due + (batch / perSecond) * 1_000, performance.now());
    await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
  }
  return accepted;
}
