// Kafka's own console consumer as a second witness: if it has not read what our reader has read, one must not believe either.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { kafkaClassPath } from '../arena/kafka.js';
import { NoteTaker, type ReaderNotes } from './log-reader.js';

/** The consumer gives up when nothing comes for so long, ms: a loaded machine may take its time. */
const PATIENCE_MS = 30_000;
/** How long it may still find something where there should be nothing more, ms. */
const LINGER_MS = 1_000;
/** The same where there should be nothing at all; joining and fetching take their time. */
const EMPTY_MS = 4_000;
const LINE = /^Partition:(\d+)\tOffset:(\d+)\t(.*)$/;
/** Java that starts fast and keeps to itself. */
const JAVA = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/**
 * Reads topics from their first record to their last, two at a time. `counts`: by topic, how many records are expected, by which it
 * is told when to stop; more are found as well as fewer. Throws a sentence when the consumer fails.
 */
export async function consoleConsumer(brokers: string, counts: ReadonlyMap<string, number>): Promise<ReaderNotes> {
  const taker = new NoteTaker();
  const classPath = await kafkaClassPath();
  const waiting: Reading[] = [];
  const empty: string[] = [];
  for (const [topic, count] of counts) {
    if (count === 0) empty.push(topic);
    else waiting.push({ name: topic, which: ['--topic', topic], count, timeoutMs: PATIENCE_MS });
  }
  if (empty.length > 0) {
    const name = empty.join('|');
    waiting.push({ name, which: ['--include', name.replaceAll('.', '\\.')], count: 0, timeoutMs: EMPTY_MS });
  }
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      await read(next, [...JAVA, '-cp', classPath, ...argumentsFor(brokers, next)], taker);
  };
  await Promise.all([worker(), worker()]);
  return taker.notes;
}

interface Reading {
  readonly name: string;
  readonly which: readonly string[];
  readonly count: number;
  readonly timeoutMs: number;
}

function argumentsFor(brokers: string, { which, timeoutMs }: Reading): string[] {
  const print = { partition: true, offset: true, headers: true, key: false, value: false };
  return [
    'org.apache.kafka.tools.consumer.ConsoleConsumer',
    ...['--bootstrap-server', brokers, ...which, '--from-beginning', '--timeout-ms', String(timeoutMs)],
    ...['--isolation-level', 'read_committed'],
    ...Object.entries(print).flatMap(([what, isWanted]) => ['--property', `print.${what}=${isWanted}`]),
  ];
}

async function read({ name, count }: Reading, command: readonly string[], taker: NoteTaker): Promise<void> {
  const child = spawn('java', command, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-4_000)));
  const ended = once(child, 'close') as Promise<[number | null]>;
  ended.catch(() => undefined);
  let seen = 0;
  let strange: string | undefined;
  let linger: NodeJS.Timeout | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const [, partition, offset, headers] = LINE.exec(line) ?? [];
    if (headers === undefined) strange ??= line.slice(0, 200);
    else taker.note(name, Number(partition), { offset: offset!, headers });
    seen += 1;
    if (seen === count) linger = setTimeout(() => child.kill(), LINGER_MS);
  }
  await ended;
  clearTimeout(linger);
  if (strange !== undefined) throw new Error(`Kafka's console consumer printed for ${name}: ${strange}`);
  if (!/Processed a total of \d+ messages/.test(said))
    throw new Error(`Kafka's console consumer could not read ${name}: ${said.slice(-500)}`);
}
