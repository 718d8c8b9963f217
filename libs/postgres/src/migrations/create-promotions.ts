// Which release was promoted when. The log decides who is champion; this tells people, and what to go back to.
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreatePromotions implements MigrationInterface {
  readonly name = 'CreatePromotions1795600800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table promotions (
      id bigint generated always as identity primary key,
      at bigint not null,
      kind text not null,
      artifact text not null,
      instead_of text not null,
      is_written boolean not null default false
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table promotions');
  }
}
