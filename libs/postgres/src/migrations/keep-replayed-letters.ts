// Dead letters that were sent back are remembered beside the message ids, on a day that never passes.
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class KeepReplayedLetters implements MigrationInterface {
  readonly name = 'KeepReplayedLetters1795600500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'create table message_ids_for_ever partition of message_ids for values from (2147483647) to (maxvalue)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table message_ids_for_ever');
  }
}
