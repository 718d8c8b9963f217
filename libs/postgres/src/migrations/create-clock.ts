// The clock of a log: who may write its ticks, and how far a replay is.
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateClock implements MigrationInterface {
  readonly name = 'CreateClock1795600000500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table clock (
        log text collate "C" primary key,
        mode text not null check (mode in ('replay', 'live')),
        replay_name text,
        replay_hash text,
        week_shift_ms bigint,
        acknowledged bigint not null default 0,
        counts jsonb not null default '{}',
        last_tick bigint,
        updated_at timestamptz not null default now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table clock');
  }
}
