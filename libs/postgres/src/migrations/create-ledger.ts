// The dispatch ledger: what was decided about whom, what was sent, what came of it. Times are epoch ms, amounts minor units.
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const statements = [
  `create table decisions (
     shop text collate "C" not null,
     id text collate "C" not null,
     partition int not null,
     customer text collate "C" not null,
     playbook text collate "C" not null,
     origin text not null,
     is_simulated boolean not null,
     arm text collate "C" not null,
     propensity double precision not null,
     is_unit boolean not null,
     channel text not null,
     discount_percent double precision,
     cost_minor double precision not null,
     code text collate "C",
     at bigint not null,
     send_at bigint not null,
     expires_at bigint,
     open_until bigint not null,
     closed_at bigint,
     matures_at bigint not null,
     risk double precision not null,
     prior_orders double precision not null,
     prior_spend_minor double precision not null,
     settled_at bigint,
     purchased boolean,
     orders int,
     revenue_minor double precision,
     margin_minor double precision,
     primary key (shop, id)
   )`,
  `create index decisions_by_customer on decisions (shop, customer, at desc)`,
  `create index decisions_by_time on decisions (shop, at desc, id desc)`,
  // Asked with every tick: must stay small and answer from its first page.
  `create index decisions_due on decisions (partition, matures_at, id) where settled_at is null`,
  // One unit per customer and playbook, real and simulated apart: the experiment's unit of analysis.
  `create unique index decisions_units on decisions (shop, customer, playbook, is_simulated) where is_unit`,
  `create table skipped_decisions (
     shop text collate "C" not null,
     id text collate "C" not null,
     customer text collate "C" not null,
     playbook text collate "C" not null,
     origin text not null,
     at bigint not null,
     reason text collate "C" not null,
     primary key (shop, id)
   )`,
  `create table payments (
     shop text collate "C" not null,
     customer text collate "C" not null,
     at bigint not null,
     id text collate "C" not null,
     kind text not null,
     amount_minor double precision not null,
     coupon text,
     primary key (shop, customer, at, id)
   )`,
  `create table consents (
     shop text collate "C" not null,
     customer text collate "C" not null,
     channel text collate "C" not null,
     granted boolean not null,
     at bigint not null,
     primary key (shop, customer, channel)
   )`,
  `create table contacts (
     shop text collate "C" not null,
     customer text collate "C" not null,
     email text not null,
     at bigint not null,
     primary key (shop, customer)
   )`,
  `create table coupons (
     shop text collate "C" not null,
     code text collate "C" not null,
     decision_id text collate "C" not null,
     customer text collate "C" not null,
     redeemed_at bigint,
     primary key (shop, code),
     unique (shop, decision_id)
   )`,
  `create table budget_slices (
     shop text collate "C" not null,
     partition int not null,
     day text collate "C" not null,
     is_simulated boolean not null,
     cost_minor double precision not null,
     messages int not null,
     primary key (shop, partition, day, is_simulated)
   )`,
  `create table messages (
     shop text collate "C" not null,
     decision_id text collate "C" not null,
     partition int not null,
     customer text collate "C" not null,
     playbook text collate "C" not null,
     origin text not null,
     channel text not null,
     subject text not null,
     body text not null,
     at bigint not null,
     send_at bigint not null,
     expires_at bigint,
     state text collate "C" not null,
     reason text,
     attempts int not null default 0,
     next_try_at bigint not null,
     claimed_until bigint,
     claim text,
     sent_at bigint,
     primary key (shop, decision_id)
   )`,
  `create index messages_queued on messages (next_try_at) where state = 'queued'`,
  `create index messages_by_time on messages (shop, at desc, decision_id desc)`,
  // Emptied by the publisher; ordered by id within a partition.
  `create table intervention_outbox (
     id bigint generated always as identity primary key,
     partition int not null,
     event_id text not null,
     key text not null,
     at bigint not null,
     value bytea not null
   )`,
  `create index intervention_outbox_by_partition on intervention_outbox (partition, id)`,
  `create table coupon_keys (
     only_one boolean primary key default true check (only_one),
     key bytea not null
   )`,
];

export class CreateLedger implements MigrationInterface {
  readonly name = 'CreateLedger1795600200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table decisions, skipped_decisions, payments, consents, contacts, coupons, budget_slices,
      messages, intervention_outbox, coupon_keys`);
  }
}
