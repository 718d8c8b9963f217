// What has really struck, counted: a simulation whose faults no longer strike would prove nothing, and nobody would notice.
import { type Point } from '../probe.js';

/** Calls of ports, by what the process awaits. */
export const AWAITS = [
  ...(['join', 'leave', 'assignment', 'commit', 'committed', 'bounds'] as const),
  ...(['producer', 'append', 'next', 'own', 'load', 'seen', 'save', 'advance', 'timer'] as const),
] as const;
export type Await = (typeof AWAITS)[number];

/** Points at which a simulated process can be struck; what happens inside a transaction of the store is not seen from here. */
export const POINTS = ['woken', 'sending', 'sent', 'saving', 'saved'] as const satisfies readonly Point[];

/** How a process is struck. Deaf, it works on without hearing of its group. */
export const STRIKES = ['killed', 'paused', 'deafened'] as const;
export type Strike = (typeof STRIKES)[number];

/** All that a long enough series of simulations must have seen. */
export const FAULTS: readonly string[] = [
  ...STRIKES.flatMap((strike) => [
    ...AWAITS.flatMap((each) => [`${strike} before ${each} took effect`, `${strike} before the reply of ${each} came`]),
    ...POINTS.map((point) => `${strike} at ${point}`),
  ]),
  ...['resumed', 'no longer deaf', 'partitions moved', 'replaced', 'joined by another'],
  ...['the COMMIT of a checkpoint failed', 'the reply of a COMMIT was lost', "the reply of a sink's COMMIT was lost"],
  ...['a send failed for good', 'a send failed for good after it had been stored', 'a failed send was stored later'],
  ...['reading failed', 'a load failed', 'taking ownership failed', 'a killed process had its send stored later'],
  ...['a cache of one customer', 'a window of one wake-up', 'a checkpoint in the middle of a tick'],
  ...['a load was refused', 'a look-up of message ids was refused', 'a checkpoint was refused'],
  ...['a transaction of a sink was refused', 'a sink refused a record'],
  ...['a record was skipped by its source', 'a partition came back to a process that had had it'],
  ...[
    'a zombie published first',
    'a zombie published first across a release',
    'a zombie published a dead letter first',
  ],
  ...['a zombie published first across a tick of three customers', 'a zombie published first a part of such a tick'],
];

export class Tally {
  readonly counts = new Map<string, number>();

  count(what: string, times = 1): void {
    if (times > 0) this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  add(counts: Iterable<readonly [string, number]>): void {
    for (const [what, times] of counts) this.count(what, times);
  }

  /** Faults that have never struck. */
  missing(): string[] {
    return FAULTS.filter((fault) => !this.counts.has(fault));
  }
}
