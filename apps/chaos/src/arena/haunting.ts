// A process that others have taken the place of, without its knowing: frozen until they have, and deaf to what its group says.
import { type Refused } from '../services/deafness.js';
import { type DeafOrder } from '../services/struck.js';
import { type Arena } from './arena.js';
import { until } from './rest.js';
import { type Replica, type Service } from './replica.js';
import { partitionsOf } from './vitals.js';

/** For the process to read that it is deaf, before it is frozen. Longer, and its group could want it to join anew, which it cannot then, ms. */
const HEARD_MS = 100;
/** How long the heir is frozen while the zombie is awake, ms: less than its session. */
const AHEAD_MS = 3_000;
/** Longest that a zombie goes unrefused: its checkpoints come every five seconds, ms. */
const REFUSED_MS = 12_000;
/** Longest wait until no checkpoint is under way, ms; what PostgreSQL says after that. */
const LOCK_MS = 2_000;
const LOCK_NOT_AVAILABLE = '55P03';

export interface Haunting {
  /** Just after it has been frozen. */
  meanwhile?(): Promise<void>;
  /** How long others go ahead of it before it wakes, ms. */
  readonly aheadMs: number;
  /** They are frozen when it wakes: what it puts out before it learns of them comes first. */
  readonly isFirst: boolean;
  /** The database takes no checkpoint when it wakes, so that it reads on. */
  readonly readsOn: boolean;
}

/** Resolves to what it was refused first, when it is itself again; null: it never was. */
export async function haunt(arena: Arena, victim: Replica, how: Haunting): Promise<Refused['refused'] | null> {
  let refused: Refused['refused'] | null = null;
  const before = arena.onMessage;
  arena.onMessage = (replica, message) => {
    before(replica, message);
    if (replica === victim) refused ??= (message as Partial<Refused>).refused ?? null;
  };
  try {
    await loseTo(arena, victim, how.meanwhile);
    refused = null; // of what it asked before it was frozen
    await arena.pause(how.aheadMs);
    const wake = () => (how.isFirst ? wakeFirst(arena, victim) : wakeAmong(arena, victim));
    await (how.readsOn ? withoutCheckpoints(arena, wake) : wake());
    victim.thaw(); // where it was frozen in the middle of a checkpoint
    const deadline = performance.now() + REFUSED_MS;
    while (refused === null && performance.now() < deadline) await arena.pause(100);
    return refused;
  } finally {
    arena.onMessage = before;
    victim.tell({ isDeaf: false } satisfies DeafOrder);
  }
}

/** It is frozen; others take over. */
async function loseTo(arena: Arena, victim: Replica, meanwhile = async () => {}): Promise<void> {
  const { service } = victim.options;
  await allHavePartitions(arena, service);
  const before = await epochs(arena, service);
  victim.tell({ isDeaf: true } satisfies DeafOrder);
  await arena.pause(HEARD_MS);
  victim.freeze();
  arena.say(`froze ${victim.name}`);
  await meanwhile();
  // Others have it once an epoch has risen.
  await until(`somebody to take over from ${victim.name}`, async () =>
    (await epochs(arena, service)) === before ? 'nobody has' : null,
  );
}

/** Also who has just come back. */
async function allHavePartitions({ fleet }: Arena, service: Service): Promise<void> {
  await fleet.ready();
  await until(`every process of ${service} to have partitions`, async () => {
    for (const replica of fleet.of(service)) if ((await partitionsOf(replica)) === 0) return `${replica.name} has none`;
    return null;
  });
}

/** The sum over a stage's partitions: it rises when one changes hands. */
async function epochs(arena: Arena, stage: string): Promise<number> {
  const [row] = await arena.grounds.database.query<{ sum: number }>(
    'select coalesce(sum(epoch), 0)::int as sum from owners where task = $1',
    [stage],
  );
  return row!.sum;
}

async function wakeFirst(arena: Arena, zombie: Replica): Promise<void> {
  const heirs = arena.fleet.of(zombie.options.service).filter((replica) => replica !== zombie);
  for (const heir of heirs) heir.freeze();
  zombie.thaw();
  await arena.pause(AHEAD_MS);
  for (const heir of heirs) heir.thaw();
}

async function wakeAmong(arena: Arena, zombie: Replica): Promise<void> {
  zombie.thaw();
  await arena.pause(AHEAD_MS);
}

/** The database takes no checkpoint during `work`, which is left out while somebody has begun one and does not end it. */
async function withoutCheckpoints({ grounds: { database } }: Arena, work: () => Promise<void>): Promise<void> {
  try {
    await database.transaction(async (ours) => {
      await ours.query(`set local lock_timeout = '${LOCK_MS}ms'`);
      await ours.query('lock table owners in share mode');
      await work();
    });
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
  }
}
