/** Java 17 or Maven is missing, or Kafka did not start. The message is a sentence for the user. */
export class LocalKafkaUnavailable extends Error {}

/** Why a local Kafka cannot be started here, in one sentence; null when it can. */
export function whyNoLocalKafka(): string | null;

export interface LocalKafka {
  /** Bootstrap address, `127.0.0.1:PORT`. */
  readonly brokers: string;
  readonly pid: number;
  /** Stops the process; the directory is kept. */
  stop(): Promise<void>;
}

/** Starts Kafka (KRaft, one node) and resolves when it answers. Throws `LocalKafkaUnavailable`. */
export function startLocalKafka(options: {
  readonly directory: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly log?: (message: string) => void;
}): Promise<LocalKafka>;
