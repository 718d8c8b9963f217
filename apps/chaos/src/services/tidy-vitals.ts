// What a process holds when it has let go of whatever it can: between collections resident memory breathes by tens of MB, in which no
// leak of one would be seen.
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { type Vitals } from '../arena/vitals.js';

/** How it is told. */
export interface Told {
  readonly vitals: Vitals;
}

/** Where Linux tells; elsewhere nothing is known of them. */
const DESCRIPTORS = '/proc/self/fd';

setFlagsFromString('--expose-gc');
/** Of pages that are half empty resident memory would tell, not of what is held. */
setFlagsFromString('--compact-on-every-full-gc');
/** Everything, at once. With any argument Node 20 collects nothing but what is young, and makes it old. */
const collect = runInNewContext('gc') as () => void;

/** Threads of V8 give freed pages back to the system, tens of MB, some milliseconds after a collection. */
const PAGES_ARE_BACK_MS = 250;

/** Collects first. */
export async function tidyVitals(): Promise<Vitals> {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  await setTimeout(PAGES_ARE_BACK_MS);
  return {
    residentBytes: process.memoryUsage.rss(),
    liveBytes: heapUsed + external,
    descriptors: existsSync(DESCRIPTORS) ? readdirSync(DESCRIPTORS).length : 0,
    timers: process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length,
  };
}
