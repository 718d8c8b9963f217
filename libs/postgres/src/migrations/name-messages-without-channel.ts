// A message for which no channel was set up had the state `outbox`, which is also what intervention events wait in.
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class NameMessagesWithoutChannel implements MigrationInterface {
  readonly name = 'NameMessagesWithoutChannel1795600600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`update messages set state = 'no-channel' where state = 'outbox'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`update messages set state = 'outbox' where state = 'no-channel'`);
  }
}
