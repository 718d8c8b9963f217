// 6. The disk of PostgreSQL is full.
import { type Arena } from '../arena/arena.js';
import { whyNotReady } from '../arena/fleet.js';
import { withinMemory } from '../arena/memory.js';
import { outage } from '../arena/outage.js';
import { emptyDisk, fillDisk, refuseInserts, takeInserts } from '../arena/small-disk.js';
import { type Scenario } from '../scenario.js';

const FULL_SECONDS = 30;

export const databaseFull: Scenario = {
  number: 6,
  name: 'database-full',
  promise:
    'The disk of PostgreSQL is full for 30 s: nothing is lost, memory stays bounded, and no service is restarted.',
  least: {}, // see examine
  mayRepeatSends: true,
  arena: { isDatabaseDiskSmall: true },
  strike: (arena) =>
    withinMemory(arena, () =>
      outage(arena, {
        kind: kindOf(arena),
        seconds: FULL_SECONDS,
        begin: () => fill(arena),
        end: () => empty(arena),
        hasStruck: () => isFelt(arena),
      }),
    ),
  examine: async (_, arena) => (arena.strikes[kindOf(arena)] ? [] : ['No stage felt that the disk was full.']),
};

/** Where the machine allows no mounts there is no disk that could be filled: the row says so. */
const kindOf = ({ grounds }: Arena): string =>
  grounds.isDatabaseDiskSmall ? 'disk full' : 'insert refused as by a full disk';

const fill = ({ grounds: { database, postgres, isDatabaseDiskSmall } }: Arena): Promise<void> =>
  isDatabaseDiskSmall ? fillDisk(postgres.directory) : refuseInserts(database);

/** Makes room. A server that has no room for its journal ends itself: a supervisor would start it again. */
async function empty({ grounds: { database, postgres, isDatabaseDiskSmall }, say }: Arena): Promise<void> {
  if (!isDatabaseDiskSmall) return takeInserts(database);
  await emptyDisk(postgres.directory);
  if (await database.ping().then(() => true, () => false)) return; // prettier-ignore
  say('PostgreSQL had ended itself');
  await postgres.stop();
  await postgres.restart();
}

/** Whether every stage says that it cannot save. */
async function isFelt({ fleet, say }: Arena): Promise<boolean> {
  const stages = fleet.all.filter(({ options }) => options.service !== 'ingest');
  const lacks = await Promise.all(stages.map(whyNotReady));
  say(`not ready: ${lacks.filter((lack) => lack !== null).length} of ${stages.length}, ${lacks.find((lack) => lack !== null)?.slice(0, 300)}`); // prettier-ignore
  return lacks.every((lack) => lack !== null);
}
