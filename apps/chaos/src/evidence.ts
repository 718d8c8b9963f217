// What a scenario leaves behind once everything has come to rest: the checker sees this, and nothing else.

/** Header of records that a scenario has written to a topic beside the services. */
export const PLANTED = 'planted';

/** One request that a mail or webhook server got. */
export interface Delivery {
  readonly channel: 'email' | 'webhook';
  /** The idempotency key it carried, by which a receiver tells a repetition. */
  readonly key: string;
  /** The decision that the message itself says it is about. */
  readonly decisionId: string;
}

/** Log and database at rest: ingest and every stage have been stopped in order, nothing is written any more. */
export interface Evidence {
  /** `host:port`, comma-separated. */
  readonly brokers: string;
  readonly databaseUrl: string;
  /** Folder of the model releases that the log names. */
  readonly modelsDirectory: string;
  /** Settings of dispatch, as its environment had them. */
  readonly dispatchEnvironment: Readonly<Record<string, string>>;
  /** Message ids that ingest has answered 200 for. */
  readonly accepted: ReadonlySet<string>;
  readonly deliveries: readonly Delivery[];
  /** By stage and partition the offset of its input from which on a poisoned program was mended; absent: it never was poisoned. */
  readonly mendedAt?: ReadonlyMap<string, readonly number[]> | undefined;
}

/** What the checker found. A scenario has passed when nothing was lost or doubled and `faults` is empty. */
export interface Verdict {
  /** Accepted message ids. */
  readonly events: number;
  /** Decisions in the ledger, and messages that reached somebody. Without any, that none is doubled shows nothing. */
  readonly decided: number;
  readonly delivered: number;
  /** Accepted events, risk events, decisions or deliveries that are missing. */
  readonly lost: number;
  /** Those that took effect more than once. */
  readonly doubled: number;
  /** Records written again after a crash and skipped by their readers: no fault, but a sign that something struck. */
  readonly repeated: number;
  /** Messages that arrived again under a key that had arrived before: no fault, the receiver drops them. */
  readonly repeatedDeliveries: number;
  /** Messages that have arrived and are noted as cancelled: that they had left was lost with a database. */
  readonly forgottenDeliveries: number;
  /** One sentence each, of what is lost and doubled as well; empty when all is well. */
  readonly faults: readonly string[];
}
