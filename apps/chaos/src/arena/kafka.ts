// The local Kafka of tools/kafka, which is plain JavaScript because people start it by hand too.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { type Proxy } from './proxy.js';
import { repositoryRoot } from './repository.js';

/** One node of the cluster. */
export interface KafkaNode {
  readonly address: string;
  readonly pid: number;
  /** Where it listens for what comes through its proxy; null when it has none. */
  readonly proxiedPort: number | null;
  start(): Promise<void>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

export interface Kafka {
  /** `host:port`, comma-separated. */
  readonly brokers: string;
  readonly nodes: readonly KafkaNode[];
  stop(): Promise<void>;
}

/** Starts a cluster in a folder, its nodes behind proxies where there are some. Throws a plain sentence when Java or Maven is missing. */
export async function startKafka(directory: string, nodes: number, proxies: readonly Proxy[] = []): Promise<Kafka> {
  const tool = pathToFileURL(join(repositoryRoot, 'tools', 'kafka', 'local-kafka.mjs')).href;
  const { startKafkaCluster } = (await import(tool)) as {
    startKafkaCluster(options: { directory: string; nodes: number; proxyPorts: readonly number[] }): Promise<Kafka>;
  };
  const kafka = await startKafkaCluster({ directory, nodes, proxyPorts: proxies.map(({ port }) => port) });
  for (const [n, proxy] of proxies.entries()) proxy.to(kafka.nodes[n]!.proxiedPort!);
  return kafka;
}

interface KafkaLibs {
  kafkaClassPath(): Promise<string>;
  whyNoLocalKafka(otherwise: string): string | null;
}

const kafkaLibs = async (): Promise<KafkaLibs> =>
  (await import(pathToFileURL(join(repositoryRoot, 'tools', 'kafka', 'kafka-libs.mjs')).href)) as KafkaLibs;

/** The jars that Kafka and its tools run with. */
export const kafkaClassPath = async (): Promise<string> => (await kafkaLibs()).kafkaClassPath();

/** Why none can be started here, in one sentence; null when it can. */
export const whyNoKafka = async (): Promise<string | null> =>
  (await kafkaLibs()).whyNoLocalKafka('run --scenario embedded, which needs none');
