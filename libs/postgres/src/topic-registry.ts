// Which topics exist: their log ids (part of every source position) and their partition count, fixed when they are made.
import { type Database } from './database.js';

/** A registered topic. */
export interface RegisteredTopic {
  readonly name: string;
  /** Made with the topic, 8 hex characters. */
  readonly logId: string;
  readonly partitions: number;
}

/** Registers the topics that are new with the log ids proposed and returns all of `topics` as they are registered. */
export async function registerTopics(
  database: Database,
  topics: readonly RegisteredTopic[],
): Promise<readonly RegisteredTopic[]> {
  const names = topics.map((topic) => topic.name);
  await database.query(
    `insert into topics (name, log_id, partitions)
     select * from unnest($1::text[], $2::text[], $3::int[])
     on conflict (name) do nothing`,
    [names, topics.map((topic) => topic.logId), topics.map((topic) => topic.partitions)],
  );
  return findTopics(database, names);
}

/** The registered ones of `names`, by name. */
export async function findTopics(database: Database, names: readonly string[]): Promise<readonly RegisteredTopic[]> {
  return database.query<RegisteredTopic>(
    'select name, log_id as "logId", partitions from topics where name = any($1) order by name',
    [names],
  );
}
