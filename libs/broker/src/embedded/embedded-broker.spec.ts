import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Broker } from '../broker.js';
import { describeBroker, record, take, texts } from '../conformance.js';
import { openEmbeddedBroker } from './embedded-broker.js';

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'holdfast-log-'));
  folders.push(made);
  return made;
}
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

describeBroker('the embedded log', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-log-'));
  const broker = await openEmbeddedBroker({ directory });
  let connections = 0;
  return {
    connect: async () => ((connections += 1), broker),
    disconnect: async () => {
      if ((connections -= 1) > 0) return;
      await broker.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});

async function withTopic(directory: string, log?: (message: string) => void, segmentBytes = 64_000): Promise<Broker> {
  const broker = await openEmbeddedBroker({ directory, segmentBytes, ...(log && { log }) });
  await broker.createTopics([{ name: 't', partitions: 3, retentionDays: null }]);
  return broker;
}

async function fill(broker: Broker, count: number): Promise<void> {
  const producer = await broker.producer();
  for (let index = 0; index < count; index += 1) {
    await producer.append('t', index % 3, [record('main/k', `value ${index}`)]);
  }
}

async function readAll(broker: Broker, partition: number, count: number): Promise<string[]> {
  const stream = broker.open('t', partition, 0);
  const read = texts(await take(stream, count));
  await stream.close();
  return read;
}

const valuesOf = (partition: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `value ${index * 3 + partition}`);
const firstSegment = (directory: string): string => join(directory, 'journal', '000000.log');

describe('the embedded log on disk', () => {
  it('keeps records, topics and positions through a restart, over several files', async () => {
    const directory = folder();
    const before = await withTopic(directory, undefined, 4_000);
    await fill(before, 300);
    const membership = await before.join('g', ['t'], { assigned: async () => {}, revoked: async () => {} });
    await membership.commit('t', new Map([[1, 42]]));
    await before.close();
    expect(readdirSync(join(directory, 'journal')).length).toBeGreaterThan(3);
    const after = await withTopic(directory, undefined, 4_000);
    for (const partition of [0, 1, 2]) expect(await readAll(after, partition, 100)).toEqual(valuesOf(partition, 100));
    expect(await after.committed('g', 't')).toEqual([null, 42, null]);
    const producer = await after.producer();
    expect(await producer.append('t', 0, [record('main/k', 'more')])).toBe(100);
    await after.close();
  });

  it('reads from disk what has left the memory', async () => {
    const directory = folder();
    const broker = await openEmbeddedBroker({ directory, cacheBytes: 1 });
    await broker.createTopics([{ name: 't', partitions: 3, retentionDays: null }]);
    await fill(broker, 30);
    for (const partition of [0, 1, 2]) expect(await readAll(broker, partition, 10)).toEqual(valuesOf(partition, 10));
    await broker.close();
  });

  it('cuts off an unfinished write, says so, and goes on', async () => {
    const directory = folder();
    const before = await withTopic(directory);
    await fill(before, 6);
    await before.close();
    const whole = readFileSync(firstSegment(directory));
    // The first half of another frame, as a power cut may leave it.
    writeFileSync(firstSegment(directory), Buffer.concat([whole, whole.subarray(0, 70)]));
    const said: string[] = [];
    const after = await withTopic(directory, (message) => said.push(message));
    expect(said).toEqual([expect.stringMatching(/^Cut 70 bytes of an unfinished write off .*000000\.log at \d+/)]);
    expect(statSync(firstSegment(directory)).size).toBe(whole.length);
    const producer = await after.producer();
    expect(await producer.append('t', 0, [record('main/k', 'next')])).toBe(2);
    await after.close();
  });

  it('stops the partition whose record is damaged and no other, naming file and position', async () => {
    const directory = folder();
    const before = await withTopic(directory);
    await fill(before, 9);
    await before.close();
    const bytes = readFileSync(firstSegment(directory));
    const at = bytes.indexOf('value 4');
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(firstSegment(directory), bytes);
    const said: string[] = [];
    const after = await withTopic(directory, (message) => said.push(message));
    expect(said).toHaveLength(1);
    expect(await readAll(after, 0, 3)).toEqual(valuesOf(0, 3));
    expect(await readAll(after, 2, 3)).toEqual(valuesOf(2, 3));
    const stream = after.open('t', 1, 0);
    expect(texts(await stream.next())).toEqual(['value 1']);
    const context = { file: firstSegment(directory), offset: 1, partition: 1 };
    await expect(stream.next()).rejects.toMatchObject({ code: 'corrupt-log', context });
    const producer = await after.producer();
    await expect(producer.append('t', 1, [record('main/k', 'x')])).rejects.toMatchObject({ code: 'corrupt-log' });
    expect(await producer.append('t', 0, [record('main/k', 'x')])).toBe(3);
    await after.close();
  });

  it('stops on a damaged frame header every partition that cannot be shown to be whole', async () => {
    const directory = folder();
    const before = await withTopic(directory);
    await fill(before, 9); // partitions 0 1 2 0 1 2 0 1 2
    await before.close();
    const bytes = readFileSync(firstSegment(directory));
    // The header of the frame before value 6 (partition 0, offset 2): nothing of partition 0 follows it.
    const at = bytes.lastIndexOf('HFJ1', bytes.indexOf('value 6'));
    bytes[at + 9] = 0xff;
    writeFileSync(firstSegment(directory), bytes);
    const after = await withTopic(directory, () => {});
    expect(await readAll(after, 1, 3)).toEqual(valuesOf(1, 3));
    expect(await readAll(after, 2, 3)).toEqual(valuesOf(2, 3));
    const stream = after.open('t', 0, 0);
    expect(texts(await take(stream, 2))).toEqual(['value 0', 'value 3']);
    await expect(stream.next()).rejects.toMatchObject({ code: 'corrupt-log', context: { position: at } });
    await after.close();
  });

  it('notices damage under a running reader', async () => {
    const directory = folder();
    const broker = await openEmbeddedBroker({ directory, cacheBytes: 1 });
    await broker.createTopics([{ name: 't', partitions: 3, retentionDays: null }]);
    await fill(broker, 3);
    const bytes = readFileSync(firstSegment(directory));
    bytes[bytes.indexOf('value 0')] = 0;
    writeFileSync(firstSegment(directory), bytes);
    await expect(broker.open('t', 0, 0).next()).rejects.toMatchObject({ code: 'corrupt-log' });
    await broker.close();
  });

  it('refuses a journal that has lost its acknowledged end', async () => {
    const directory = folder();
    const before = await withTopic(directory);
    await fill(before, 9);
    await before.close();
    truncateSync(firstSegment(directory), statSync(firstSegment(directory)).size - 10);
    await expect(withTopic(directory)).rejects.toMatchObject({ code: 'corrupt-log' });
  });

  it('belongs to one process at a time, and to the next one when that is dead', async () => {
    const directory = folder();
    const broker = await withTopic(directory);
    await expect(withTopic(directory)).rejects.toMatchObject({ code: 'locked', context: { pid: process.pid } });
    await broker.close();
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(join(directory, 'lock'), JSON.stringify({ pid: dead, started: '1' }));
    await (await withTopic(directory)).close();
    expect(readdirSync(directory).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  it('has every acknowledged record after kill -9, once and in order', async () => {
    const directory = folder();
    const module = new URL('./embedded-broker.ts', import.meta.url).href;
    const script = `
      const { openEmbeddedBroker } = await import(${JSON.stringify(module)});
      const broker = await openEmbeddedBroker({ directory: ${JSON.stringify(directory)} });
      await broker.createTopics([{ name: 't', partitions: 3, retentionDays: null }]);
      const producer = await broker.producer();
      for (let index = 0; ; index += 1) {
        const record = { key: 'k', value: Buffer.from('value ' + index), headers: {}, at: 1 };
        void producer.append('t', index % 3, [record]).then(() => process.stdout.write(index + '\\n'));
        if (index % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
      }`;
    const flags = [
      '--conditions=@holdfast/source',
      '--import',
      '@swc-node/register/esm-register',
      '--input-type=module',
    ];
    const child = spawn(process.execPath, [...flags, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (output.length > 20_000) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const acknowledged = output.split('\n').slice(0, -1).map(Number);
    expect(acknowledged.length).toBeGreaterThan(1_000);
    const broker = await openEmbeddedBroker({ directory, log: () => {} });
    const bounds = await broker.bounds('t');
    for (const [partition, { end }] of bounds.entries()) {
      expect(await readAll(broker, partition, end)).toEqual(valuesOf(partition, end));
      const last = Math.max(...acknowledged.filter((index) => index % 3 === partition));
      expect(end).toBeGreaterThan(Math.floor(last / 3));
    }
    await broker.close();
  });

  it('takes the lock of a dead process whose number has been given to another one', async () => {
    const directory = folder();
    writeFileSync(join(directory, 'lock'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
    await (await withTopic(directory)).close();
  });
});
