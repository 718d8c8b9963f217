// The worst that was seen of a running pipeline: how far its slowest partition lay behind, and how much memory each process held.
import { type Arena } from './arena.js';
import { residentBytesOf } from './vitals.js';

const EVERY_MS = 1_000;

export interface WorstMoments {
  /** Of customer.risk's slowest partition, ticks included, ms. */
  readonly lagMs: number;
  /** Most resident bytes, by process. */
  readonly residentBytes: ReadonlyMap<string, number>;
}

/** Looks every second while `work` goes on. */
export async function worstDuring(arena: Arena, work: () => Promise<void>): Promise<WorstMoments> {
  const residentBytes = new Map<string, number>();
  let lagMs = 0;
  const look = async () => {
    lagMs = Math.max(lagMs, Date.now() - arena.watch.reached);
    const running = arena.fleet.all.filter(({ isRunning }) => isRunning);
    for (const replica of running) {
      const bytes = await residentBytesOf(replica).catch(() => 0); // too busy to answer: the next look finds it
      residentBytes.set(replica.name, Math.max(residentBytes.get(replica.name) ?? 0, bytes));
    }
  };
  const timer = setInterval(() => void look(), EVERY_MS);
  try {
    await work();
    await look();
  } finally {
    clearInterval(timer);
  }
  return { lagMs, residentBytes };
}
