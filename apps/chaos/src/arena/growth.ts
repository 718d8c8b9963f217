// Whether a process keeps growing: what it has said of itself over a long time, the warm-up left out.
import { ceilingOf, floorOf, type Sample, slopeOf } from './trend.js';
import { type Vitals } from './vitals.js';

const TEN_MINUTES = 600_000;
const MEBI = 2 ** 20;
/** Share of the time in which caches fill and code is compiled. */
export const WARM_UP = 1 / 4;
/** Of so many samples in a row one counts, the least or the greatest. */
const RUN = 12;
/** A process that has been looked at less often than this many runs after warm-up has shown nothing. */
const LEAST_RUNS = 5;
/** Descriptors and timers are flat while they become fewer than so many more from the warm-up to the end: one in five minutes of half an hour. */
const FLAT = 4;

export interface Moment extends Vitals {
  /** ms, of any clock that goes on. */
  readonly at: number;
}

export interface GrowthLimits {
  /** So many MB may be added in ten minutes to what is resident, and to what is live: the former alone would hide what grows into freed pages. */
  readonly megabytes: number;
}

/** Of one process, after warm-up. */
export interface Growth {
  /** Resident MB in ten minutes. */
  readonly megabytes: number;
  /** The same of what the program still holds. */
  readonly liveMegabytes: number;
  /** How many more at the end. */
  readonly descriptors: number;
  readonly timers: number;
  /** How often it was looked at, in runs. */
  readonly runs: number;
}

/** By moments in order. */
export function growthOf(moments: readonly Moment[]): Growth {
  const [first, last] = [moments[0]?.at ?? 0, moments.at(-1)?.at ?? 0];
  const from = first + (last - first) * WARM_UP;
  const measured = moments.filter(({ at }) => at >= from);
  const slope = (valueOf: (moment: Moment) => number, extremeOf = floorOf): number =>
    slopeOf(
      extremeOf(
        measured.map((moment): Sample => ({ at: moment.at, value: valueOf(moment) })),
        RUN,
      ),
    );
  return {
    megabytes: (slope(({ residentBytes }) => residentBytes) * TEN_MINUTES) / MEBI,
    liveMegabytes: (slope(({ liveBytes }) => liveBytes) * TEN_MINUTES) / MEBI,
    descriptors: slope(({ descriptors }) => descriptors) * (last - from),
    // Each connection of a pool has one while it rests, and how many rest is load.
    timers: slope(({ timers }) => timers, ceilingOf) * (last - from),
    runs: Math.floor(measured.length / RUN),
  };
}

/** Why a process called `name` is not steady, one sentence each. */
export function unsteadiness(name: string, growth: Growth, limits: GrowthLimits): string[] {
  const { megabytes, liveMegabytes, descriptors, timers, runs } = growth;
  if (runs < LEAST_RUNS) return [`${name} did not tell often enough how it was.`];
  const faults: string[] = [];
  if (Math.max(megabytes, liveMegabytes) > limits.megabytes)
    faults.push(
      `${name} grew by ${megabytes.toFixed(1)} MB in ten minutes, what it holds by ${liveMegabytes.toFixed(1)}; ${limits.megabytes} of either are allowed.`,
    );
  if (descriptors >= FLAT) faults.push(`${name} kept ${Math.round(descriptors)} more descriptors.`);
  if (timers >= FLAT) faults.push(`${name} kept ${Math.round(timers)} more timers.`);
  return faults;
}
