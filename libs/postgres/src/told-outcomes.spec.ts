import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Database, openDatabase } from './database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { type MessageInsert, saveMessages } from './messages.js';
import { migrate } from './migrate.js';
import { noteToldOutcomes, type ToldOutcome } from './told-outcomes.js';

const message = (decisionId: string, state: MessageInsert['state'] = 'queued'): MessageInsert => ({
  ...{ shop: 'main', customer: 'ann', decisionId, playbook: 'win-back', origin: 'live', channel: 'email' },
  ...{ subject: '', body: '', at: 1, sendAt: 1, expiresAt: null, state },
});
const told = (decisionId: string, state: ToldOutcome['state'], reason: string | null = null): ToldOutcome => ({
  ...{ shop: 'main', decisionId, state, reason, at: 5 },
});

describe('what the log tells of messages', () => {
  let directory: string;
  let server: EmbeddedPostgres;
  let database: Database;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-told-'));
    server = await startEmbeddedPostgres({ directory, durable: false });
    database = await openDatabase(server.url);
    await migrate(database);
  });
  afterAll(async () => {
    await database?.close();
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('ends those that are queued, and is what those that come later are born with', async () => {
    await saveMessages(database, 0, [message('old'), message('unheard-of'), message('kept', 'no-channel')]);
    const outcomes = [
      told('old', 'sent'),
      told('kept', 'sent'),
      told('new', 'cancelled', 'bought'),
      told('sim', 'sent'),
    ];
    await noteToldOutcomes(database, outcomes);
    await noteToldOutcomes(database, outcomes);
    await noteToldOutcomes(database, []);
    await saveMessages(database, 0, [message('new'), message('old'), message('newest'), message('sim', 'simulated')]);
    expect(
      await database.query('select decision_id as id, state, reason, sent_at as "sentAt" from messages order by 1'),
    ).toEqual([
      { id: 'kept', state: 'no-channel', reason: null, sentAt: null },
      { id: 'new', state: 'cancelled', reason: 'bought', sentAt: null },
      { id: 'newest', state: 'queued', reason: null, sentAt: null },
      { id: 'old', state: 'sent', reason: null, sentAt: 5 },
      { id: 'sim', state: 'simulated', reason: null, sentAt: null },
      { id: 'unheard-of', state: 'queued', reason: null, sentAt: null },
    ]);
  });
});
