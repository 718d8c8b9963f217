import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Broker, openEmbeddedBroker } from '@holdfast/broker';
import { type Database } from '@holdfast/postgres';
import { HEADERS, INTERVENTION_EVENTS } from '@holdfast/schemas';

import { apply, type LedgerServer, startLedgerServer } from './fixtures/ledger.js';
import { crossed } from './fixtures/risk-records.js';
import { Publisher } from './publisher.js';

let server: LedgerServer;
let directory: string;
beforeAll(async () => {
  server = await startLedgerServer();
  directory = await mkdtemp(join(tmpdir(), 'holdfast-publisher-'));
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

/** The ids of all events published, in order. */
async function readIds(broker: Broker): Promise<string[]> {
  const [{ end } = { end: 0 }] = await broker.bounds(INTERVENTION_EVENTS.name);
  const stream = broker.open(INTERVENTION_EVENTS.name, 0, 0);
  const ids: string[] = [];
  while (ids.length < end) ids.push(...(await stream.next()).map(({ headers }) => headers[HEADERS.eventId]!));
  await stream.close();
  return ids;
}

/** Lets events be appended but not removed, as if the process died in between. */
async function publishAndDie(database: Database, publisher: Publisher): Promise<void> {
  await database.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise 'died'; end $$;
    create trigger refuse before delete on intervention_outbox for each row execute function refuse()`);
  await expect(publisher.publish()).rejects.toThrow('died');
  await database.query('drop function refuse cascade');
}

describe('the publisher', () => {
  it.each(['itself', 'a new one', 'another one that has published before'])(
    'appends nothing again after it died before it removed what it had appended: %s goes on',
    async (who) => {
      const database = await server.create();
      const broker = await openEmbeddedBroker({ directory: join(directory, who) });
      await broker.createTopics([{ name: INTERVENTION_EVENTS.name, partitions: 1, retentionDays: null }]);
      const first = new Publisher({ broker, database });
      const other = new Publisher({ broker, database });
      await apply(database, [crossed('a', 'high')]);
      await other.publish();
      await apply(database, [crossed('b', 'high'), crossed('c', 'high')]);
      await publishAndDie(database, first);
      // More has happened when somebody goes on.
      await apply(database, [crossed('d', 'high')]);
      const next = who === 'itself' ? first : who === 'a new one' ? new Publisher({ broker, database }) : other;
      await next.publish();
      await apply(database, [crossed('e', 'high')]);
      await next.publish();
      const ids = await readIds(broker);
      expect(ids).toHaveLength(5);
      expect(new Set(ids).size).toBe(5);
      expect(await database.query('select from intervention_outbox')).toEqual([]);
      for (const publisher of new Set([first, other, next])) await publisher.close();
      await broker.close();
    },
  );
});
