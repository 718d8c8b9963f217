// What a process holds when it has let go of whatever it can: between collections resident memory breathes by tens of MB, in which no
// leak of one would be seen.
import { existsSync, readdirSync } from 'node:fs';

import { type Vitals } from '../arena/vitals.js';

/** How it is told. */
export interface Told {
  readonly vitals: Vitals;
}

/** Where Linux tells; elsewhere nothing is known of them. */
const DESCRIPTORS = '/proc/self/fd';

type Collect = (how: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/** Collects first. Throws where Node was started without `--expose-gc`. */
export function tidyVitals(): Vitals {
  const collect = globalThis.gc as Collect | undefined;
  if (!collect) throw new Error('NODE_OPTIONS must have --expose-gc.');
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    residentBytes: rss,
    liveBytes: heapUsed + external,
    descriptors: existsSync(DESCRIPTORS) ? readdirSync(DESCRIPTORS).length : 0,
    timers: process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length,
  };
}
