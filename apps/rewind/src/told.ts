// What the log tells of messages: those that have left, or never will, are not to be sent because the database has forgotten it.
import { type Broker, scan, type StoredRecord } from '@holdfast/broker';
import { listOwners, migrate, noteToldOutcomes, type ToldOutcome } from '@holdfast/postgres';
import { customerKey, DAY, INTERVENTION_EVENTS, type Millis } from '@holdfast/schemas';
import { type Resources } from '@holdfast/stream';

/** Outcomes in one statement. */
const BATCH = 10_000;
const TOPIC = INTERVENTION_EVENTS.name;

/** Notes in the database what became of messages since the backup. Returns of how many. May be repeated. */
export async function noteTold({ broker, database }: Resources): Promise<number> {
  await migrate(database); // the backup may be that of an earlier release
  const times = (await listOwners(database)).filter(({ task }) => task === 'dispatch').map(({ now }) => now);
  // What is told of too many is no harm: clocks may differ, and a message may have waited.
  const outcomes = await readTold(broker, times.length === 0 ? 0 : Math.min(...times) - DAY);
  for (let from = 0; from < outcomes.length; from += BATCH)
    await database.transaction((tx) => noteToldOutcomes(tx, outcomes.slice(from, from + BATCH)));
  return outcomes.length;
}

/** The end of every message that came to one after an instant. */
async function readTold(broker: Broker, since: Millis): Promise<ToldOutcome[]> {
  const told = new Map<string, ToldOutcome>();
  for (const [partition, bounds] of (await broker.bounds(TOPIC)).entries()) {
    for await (const record of scan(broker, { topic: TOPIC, partition }, bounds)) {
      const outcome = outcomeOf(record, since);
      if (!outcome) continue;
      const key = customerKey(outcome.shop, outcome.decisionId);
      // After an earlier rewind one may have been cancelled that had left.
      if (told.get(key)?.state !== 'sent') told.set(key, outcome);
    }
  }
  return [...told.values()];
}

function outcomeOf(record: StoredRecord, since: Millis): ToldOutcome | null {
  if (record.at < since) return null;
  const { type, shop, decisionId, reason = null, at } = INTERVENTION_EVENTS.decode(record.value);
  if (type !== 'sent' && type !== 'failed' && type !== 'cancelled') return null;
  return { shop, decisionId, state: type, reason, at };
}
