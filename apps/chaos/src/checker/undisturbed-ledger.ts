// The ledger as it would be undisturbed: dispatch's own sink, run once over the published risk records into a database of its own.
import { randomBytes } from 'node:crypto';

import { type StoredRecord } from '@holdfast/broker';
import { couponCode, dispatchSettings, ledgerSink, rulesOf } from '@holdfast/dispatch-service';
import { type Database, migrate, openDatabase } from '@holdfast/postgres';
import { HEADERS, type Millis, type RiskEvent, TICK_SCHEMA, tickCodec } from '@holdfast/schemas';
import { Closing, readSettings } from '@holdfast/service';
import { type ExpectedLetter, type Sink, type SinkRecord } from '@holdfast/stream';

import { poisonSink } from '../services/poison.js';
import { copyCouponKey, createDatabase, dropDatabase } from './ledger-tables.js';

type RiskRecord = SinkRecord<RiskEvent>;

export interface LedgerOptions {
  /** The database of the run that is checked. */
  readonly databaseUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly partitions: number;
  /** Log id of customer.risk. */
  readonly logId: string;
}

export class UndisturbedLedger {
  private constructor(
    readonly database: Database,
    private readonly sink: Sink<RiskEvent>,
    private readonly logId: string,
    private readonly closing: Closing,
  ) {}

  /** Makes an empty ledger beside the one to be checked, with the same coupon key. */
  static async create({ databaseUrl, environment, partitions, logId }: LedgerOptions): Promise<UndisturbedLedger> {
    const closing = new Closing();
    try {
      const origin = await openDatabase(databaseUrl, { applicationName: 'holdfast-check', poolSize: 2 });
      closing.add(() => origin.close());
      const name = `undisturbed_${randomBytes(6).toString('hex')}`;
      await createDatabase(origin, name);
      closing.add(() => dropDatabase(origin, name));
      const url = new URL(databaseUrl);
      url.pathname = name;
      const database = await openDatabase(url.href, { applicationName: 'holdfast-check' });
      closing.add(() => database.close());
      await migrate(database);
      const key = await copyCouponKey(origin, database);
      const settings = readSettings(dispatchSettings, environment);
      const sink = ledgerSink({
        rules: rulesOf(settings),
        voice: {
          shopName: settings.DISPATCH_SHOP_NAME,
          shopUrl: settings.DISPATCH_SHOP_URL,
          unsubscribeUrl: settings.DISPATCH_UNSUBSCRIBE_URL,
        },
        installation: async () => ({ partitions, codeOf: (decisionId) => couponCode(key, decisionId) }),
      });
      return new UndisturbedLedger(database, sink, logId, closing);
    } catch (error) {
      await closing.run();
      throw error;
    }
  }

  /** A partition to be applied from its beginning; by a poisoned program before the offset `mendedAt`. */
  partition(partition: number, mendedAt: number): LedgerPartition {
    return new LedgerPartition(this.database, this.sink, { partition, logId: this.logId, mendedAt });
  }

  /** Drops the database. */
  close(): Promise<void> {
    return this.closing.run();
  }
}

/** One partition of customer.risk on its way into the ledger. */
export class LedgerPartition {
  readonly letters: ExpectedLetter[] = [];
  readonly #sentBack = new Set<string>();
  #now: Millis = 0;

  constructor(
    private readonly database: Database,
    private readonly sink: Sink<RiskEvent>,
    private readonly place: { readonly partition: number; readonly logId: string; readonly mendedAt: number },
  ) {}

  /** Applies the next records, repetitions left out. */
  async apply(records: readonly StoredRecord[]): Promise<void> {
    const { mendedAt } = this.place;
    const before = records.filter(({ offset }) => offset < mendedAt);
    if (before.length > 0) await this.#applyBy(poisonSink(this.sink), before);
    await this.#applyBy(this.sink, before.length === 0 ? records : records.slice(before.length));
  }

  async #applyBy(sink: Sink<RiskEvent>, records: readonly StoredRecord[]): Promise<void> {
    const read = records.flatMap((record) => {
      const value = this.#read(record, sink);
      return value ? [{ record, value }] : [];
    });
    const applyInOne = async (values: readonly RiskRecord[]) => {
      if (values.length === 0) return;
      await this.database.transaction((tx) => sink.apply(values, this.place.partition, tx));
    };
    try {
      await applyInOne(read.map(({ value }) => value));
    } catch {
      // One of them is to blame: alone, each shows whether it is the one.
      for (const { record, value } of read) await applyInOne([value]).catch(() => this.#bury(record));
    }
  }

  /** null: nothing for the ledger. */
  #read(record: StoredRecord, { input }: Sink<RiskEvent>): RiskRecord | null {
    const { key, headers, value, at } = record;
    const { [HEADERS.replayFor]: stage, [HEADERS.replayOf]: letter } = headers;
    if (stage !== undefined) {
      if (stage !== this.sink.name || letter === undefined || this.#sentBack.has(letter)) return null;
      this.#sentBack.add(letter);
    }
    try {
      if (key === null) {
        if (headers[HEADERS.schema] !== TICK_SCHEMA) return null;
        const tick = tickCodec.decode(value);
        this.#now = Math.max(this.#now, tick.at);
        return { kind: 'tick', at: tick.at };
      }
      return {
        kind: 'record',
        value: input.decode(value),
        id: headers[HEADERS.eventId] ?? '',
        key,
        sequence: Number(headers[HEADERS.sequence] ?? 0),
        at: stage === undefined ? at : Math.max(at, this.#now),
      };
    } catch {
      this.#bury(record);
      return null;
    }
  }

  #bury({ key, value, at, headers, offset }: StoredRecord): void {
    const source = `${this.place.logId}/${this.place.partition}/${offset}.0`;
    this.letters.push({ key, value, at, source, schema: headers[HEADERS.schema] ?? '' });
  }
}
