// Tables of the runner: which topics exist, who owns a partition and how far it is, customers' states, message ids seen.
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateCheckpoints implements MigrationInterface {
  readonly name = 'CreateCheckpoints1795600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table topics (
        name text collate "C" primary key,
        log_id text not null,
        partitions integer not null,
        created_at timestamptz not null default now()
      )`);
    await runner.query(`
      create table owners (
        task text collate "C" not null,
        partition integer not null,
        epoch bigint not null default 0,
        position bigint not null default 0,
        outputs integer not null default 0,
        letters integer not null default 0,
        now_ms bigint not null default 0,
        source_log text,
        source_offset bigint,
        source_index integer,
        shared bytea,
        shared_version integer,
        duplicates bigint not null default 0,
        updated_at timestamptz not null default now(),
        primary key (task, partition)
      )`);
    // Updated often, and only in columns without an index unless the wake-up moves: room for in-page (HOT) updates.
    await runner.query(`
      create table states (
        task text collate "C" not null,
        partition integer not null,
        key text collate "C" not null,
        version integer not null,
        bytes bytea not null,
        in_sequence bigint not null,
        out_sequence bigint not null,
        wake_at bigint,
        primary key (task, partition, key)
      ) with (fillfactor = 80)`);
    await runner.query(`
      create index states_wake on states (task, partition, wake_at, key) where wake_at is not null`);
    await runner.query(`
      create table message_ids (
        task text collate "C" not null,
        partition integer not null,
        day integer not null,
        id text collate "C" not null,
        primary key (task, partition, id, day)
      ) partition by range (day)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table message_ids, states, owners, topics');
  }
}
