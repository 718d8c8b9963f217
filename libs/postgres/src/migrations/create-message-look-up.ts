// Looks message ids up over all days of the window. A function, because its plan is kept: planning over 30 daily tables costs more than
// looking into them.
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateMessageLookUp implements MigrationInterface {
  readonly name = 'CreateMessageLookUp1795600400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function seen_messages(a_task text, a_partition integer, an_epoch bigint, ids text[], since integer)
      returns table (id text, day integer) language plpgsql stable set plan_cache_mode = force_generic_plan as $$
      begin
        return query select m.id, max(m.day)
          from owners as o left join message_ids as m
            on m.task = o.task and m.partition = o.partition and m.id = any(ids) and m.day >= since
          where o.task = a_task and o.partition = a_partition and o.epoch = an_epoch
          group by m.id;
      end $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function seen_messages');
  }
}
