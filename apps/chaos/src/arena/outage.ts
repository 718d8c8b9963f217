// Something that the services stand on is away for a time, and comes back: they go on by themselves.
import { type Arena } from './arena.js';

/** Longest that a service may take to be ready again, s. */
const READY_LIMIT = 60;

export interface Outage {
  /** In the words of a row: "broker down". */
  readonly kind: string;
  readonly seconds: number;
  begin(): Promise<void>;
  end(): Promise<void>;
  /** Called when it is about to end: whether it has been felt. */
  hasStruck(): Promise<boolean> | boolean;
}

/** Strikes, waits, mends, and waits until everything works as before: in the same processes, for none may end by itself. */
export async function outage(arena: Arena, { kind, seconds, begin, end, hasStruck }: Outage): Promise<void> {
  arena.say(kind);
  await begin();
  try {
    await arena.pause(seconds * 1_000);
    if (await hasStruck()) arena.struck(kind);
  } finally {
    await end();
  }
  arena.say(`${kind}: over`);
  await arena.recovers();
  await arena.fleet.ready(READY_LIMIT);
}

/** Says whether ingest has answered 503 since; each with Retry-After, or it is a fault. */
export function refusals({ load, faults }: Arena): () => boolean {
  const count = () => load.counts.retried['503'] ?? 0;
  const before = count();
  const hastyBefore = load.counts.hasty;
  return () => {
    const hasty = load.counts.hasty - hastyBefore;
    if (hasty > 0) faults.push(`Ingest answered 503 without Retry-After ${hasty} times.`);
    return count() > before;
  };
}
