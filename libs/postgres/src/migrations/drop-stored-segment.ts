// The segment of a customer was reserved for features, which never told one: it is read off the release as of now.
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class DropStoredSegment implements MigrationInterface {
  readonly name = 'DropStoredSegment1796020000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table customers drop column segment');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table customers add column segment text');
  }
}
