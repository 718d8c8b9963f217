// What intervention.events told of messages that a database restored from an older backup has still to decide.
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateToldOutcomes implements MigrationInterface {
  readonly name = 'CreateToldOutcomes1795600700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table told_outcomes (
      shop text collate "C" not null,
      decision_id text collate "C" not null,
      state text not null,
      reason text,
      at bigint not null,
      primary key (shop, decision_id)
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table told_outcomes');
  }
}
