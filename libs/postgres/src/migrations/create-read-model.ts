// What the console shows. Filled by its two sinks, rebuilt from the log by forgetting their positions. Times are epoch ms.
import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateReadModel implements MigrationInterface {
  readonly name = 'CreateReadModel1795600300000';

  async up(runner: QueryRunner): Promise<void> {
    // One row a customer. Columns that change with every event are in no index, so such an update stays within its page.
    await runner.query(`create table customers (
       shop text collate "C" not null,
       customer text collate "C" not null,
       feature_sequence bigint not null default 0,
       first_seen_at bigint,
       seen_at bigint,
       last_activity_at bigint,
       last_purchase_at bigint,
       events int not null default 0,
       sessions int not null default 0,
       orders int not null default 0,
       spend_minor double precision not null default 0,
       segment text,
       origin text,
       email text,
       risk_sequence bigint not null default 0,
       tier text collate "C",
       risk double precision not null default 0,
       tier_rank int not null generated always as (
         case tier when 'high' then 4 when 'medium' then 3 when 'low' then 2 when 'lapsed' then 1 else 0 end) stored,
       value_at_risk_minor double precision not null
         generated always as (risk * greatest(spend_minor, 0) / greatest(orders, 1)) stored,
       cause text,
       tier_since bigint,
       scored_at bigint,
       next_tier text,
       next_at bigint,
       model text,
       primary key (shop, customer)
   ) with (fillfactor = 75)`);
    await runner.query(
      `create index customers_by_risk on customers (shop, tier_rank desc, value_at_risk_minor desc, customer desc)`,
    );
    await runner.query(
      `create index customers_by_tier on customers (shop, tier, tier_rank desc, value_at_risk_minor desc, customer desc)`,
    );
    // The last events of a customer: a ring of slots, overwritten in place, so that nothing has to be tidied up.
    await runner.query(`create table customer_events (
       shop text collate "C" not null,
       customer text collate "C" not null,
       slot smallint not null,
       sequence bigint not null,
       id text not null,
       at bigint not null,
       type text not null,
       origin text not null,
       amount_minor double precision,
       order_id text,
       coupon text,
       primary key (shop, customer, slot)
   ) with (fillfactor = 75)`);
    await runner.query(`create table risk_events (
       id text collate "C" primary key,
       shop text collate "C" not null,
       customer text collate "C" not null,
       sequence bigint not null,
       at bigint not null,
       type text collate "C" not null,
       tier_from text collate "C" not null,
       tier_to text collate "C" not null,
       cause text collate "C" not null,
       origin text not null,
       risk double precision not null,
       silence_days double precision not null,
       value_at_risk_minor double precision not null,
       reasons jsonb not null,
       forecast jsonb not null,
       model text not null
   )`);
    await runner.query(`create index risk_events_by_time on risk_events (shop, at desc, id desc)`);
    await runner.query(`create index risk_events_by_customer on risk_events (shop, customer, sequence desc)`);
    // Counts a day. Keyed by partition besides, so that no two sinks ever wait for one row.
    await runner.query(`create table risk_days (
       shop text collate "C" not null,
       partition int not null,
       day int not null,
       type text collate "C" not null,
       tier text collate "C" not null,
       cause text collate "C" not null,
       count int not null,
       primary key (shop, partition, day, type, tier, cause)
   )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table customers, customer_events, risk_events, risk_days');
  }
}
