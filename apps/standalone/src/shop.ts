// A running Holdfast, however it is laid out over processes.
import { type Resources } from '@holdfast/stream';

/** What the replay, the summary and measurements need of a running system. */
export interface Shop {
  /** Address of the console. */
  readonly consoleUrl: string;
  /** Address of ingest. */
  readonly ingestUrl: string;
  /** Key that may also import history. */
  readonly writeKey: string;
  readonly resources: Resources;
  /** Process id by service; services of one process share it. */
  readonly pids: Readonly<Record<string, number>>;
  /** Where each service shows its metrics. */
  readonly metrics: Readonly<Record<string, string>>;
  /** Kafka's address; null on the embedded broker. */
  readonly brokers: string | null;
  /** Stops everything that was started, in order. */
  close(): Promise<void>;
}
