// Looks at how much memory the stages take while something that they need is away.
import { type Arena } from './arena.js';
import { type Replica } from './replica.js';

const MEBI = 1024 * 1024;
const EVERY_MS = 1_000;
/** A process may come to this many times what it took before, and so much more, bytes. */
const FACTOR = 2;
const EXTRA = 150 * MEBI;

/** Runs `work` while it looks. Exceeding the bound is a fault. */
export async function withinMemory(arena: Arena, work: () => Promise<void>): Promise<void> {
  const stages = arena.fleet.all.filter(({ options, isRunning }) => options.service !== 'ingest' && isRunning);
  const before = await Promise.all(stages.map(residentBytes));
  const most = [...before];
  const look = async () => {
    const now = await Promise.all(stages.map((stage) => residentBytes(stage).catch(() => 0)));
    for (const [n, bytes] of now.entries()) most[n] = Math.max(most[n]!, bytes);
  };
  const timer = setInterval(() => void look(), EVERY_MS);
  try {
    await work();
    await look();
  } finally {
    clearInterval(timer);
  }
  for (const [n, { name }] of stages.entries())
    if (most[n]! > FACTOR * before[n]! + EXTRA)
      arena.faults.push(`${name} took ${mebi(before[n]!)} MB of memory before and came to ${mebi(most[n]!)} MB.`);
  arena.say(`memory: at most ${mebi(Math.max(...most))} MB, before ${mebi(Math.max(...before))} MB`);
}

async function residentBytes({ url }: Replica): Promise<number> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
  const found = /^process_resident_memory_bytes(?:{[^}]*})? (\S+)$/m.exec(await response.text());
  return Number(found?.[1]);
}

const mebi = (bytes: number): number => Math.round(bytes / MEBI);
