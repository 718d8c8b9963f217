// Kafka's own console consumer as a second witness: if it has not read what our reader has read, one must not believe either.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

import { repositoryRoot } from '../arena/repository.js';
import { NoteTaker, type ReaderNotes } from './log-reader.js';

/** A topic is through when nothing has come for so long, ms. */
const IDLE_MS = 2_000;
const LINE = /^Partition:(\d+)\tOffset:(\d+)\t(.*)$/;
/** Java that starts fast and keeps to itself. */
const JAVA = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/** Reads topics from their first record to their last, two at a time. Throws a sentence when the consumer fails. */
export async function consoleConsumer(brokers: string, topics: readonly string[]): Promise<ReaderNotes> {
  const taker = new NoteTaker();
  const classPath = await kafkaClassPath();
  const waiting = [...topics];
  const worker = async () => {
    for (let topic = waiting.shift(); topic !== undefined; topic = waiting.shift())
      await readTopic(topic, { brokers, classPath, taker });
  };
  await Promise.all([worker(), worker()]);
  return taker.notes;
}

async function kafkaClassPath(): Promise<string> {
  const tool = pathToFileURL(join(repositoryRoot, 'tools', 'kafka', 'kafka-libs.mjs')).href;
  return ((await import(tool)) as { kafkaClassPath(): Promise<string> }).kafkaClassPath();
}

interface Means {
  readonly brokers: string;
  readonly classPath: string;
  readonly taker: NoteTaker;
}

async function readTopic(topic: string, { brokers, classPath, taker }: Means): Promise<void> {
  const print = { partition: true, offset: true, headers: true, key: false, value: false };
  const properties = Object.entries(print).flatMap(([what, isWanted]) => ['--property', `print.${what}=${isWanted}`]);
  const child = spawn(
    'java',
    [
      ...JAVA, '-cp', classPath, 'org.apache.kafka.tools.consumer.ConsoleConsumer',
      '--bootstrap-server', brokers, '--topic', topic, '--from-beginning', '--timeout-ms', String(IDLE_MS),
      '--isolation-level', 'read_committed', ...properties,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  ); // prettier-ignore
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-4_000)));
  const ended = once(child, 'close') as Promise<[number | null]>;
  ended.catch(() => undefined);
  for await (const line of createInterface({ input: child.stdout })) {
    const [, partition, offset, headers] = LINE.exec(line) ?? [];
    if (headers === undefined) throw new Error(`Kafka's console consumer printed for ${topic}: ${line.slice(0, 200)}`);
    taker.note(topic, Number(partition), { offset: offset!, headers });
  }
  const [code] = await ended;
  // It ends with its own timeout, which it calls an error.
  if (code !== 0 || !/Processed a total of \d+ messages/.test(said))
    throw new Error(`Kafka's console consumer could not read ${topic} (exit code ${code}): ${said.slice(-500)}`);
}
