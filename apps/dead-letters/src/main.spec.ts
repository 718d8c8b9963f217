// The command as a process, on a folder that nobody else has open.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { CUSTOMER_FEATURES } from '@holdfast/schemas';

import { broken, event, flow, makeFolder, removeFolder, withFolder } from './folder.fixture.js';

const COUNT = 300;
const ids = Array.from({ length: COUNT }, (_, i) => `m${i}`);

let folder: string;

/** Runs the command; `whenSaid` is called with what it has said so far, and how to kill it. */
async function command(args: readonly string[], whenSaid: (said: string, kill: () => void) => void = () => undefined) {
  const program = [
    '--conditions=@holdfast/source',
    '--import',
    '@swc-node/register/esm-register',
    join('src', 'main.ts'),
  ];
  const { KAFKA_BROKERS: _, ...env } = process.env;
  const child = spawn(process.execPath, [...program, ...args, '--data-dir', folder], {
    cwd: join(import.meta.dirname, '..'),
    env,
  });
  let [said, complained] = ['', ''];
  child.stdout.on('data', (data: Buffer) => whenSaid((said += data.toString()), () => child.kill('SIGKILL')));
  child.stderr.on('data', (data: Buffer) => (complained += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said, complained };
}
const count = (text: string, what: string) => text.split(what).length - 1;

beforeAll(async () => {
  folder = await makeFolder();
  broken.add('all');
  const records = ids.map((id) => event(`s/${id}`, id));
  await withFolder(folder, (resources) => flow(resources, CUSTOMER_FEATURES.name, records));
  broken.clear();
});
afterAll(() => removeFolder(folder));

describe('npm run dead-letters', () => {
  it('waits for Holdfast to be stopped, and says so', async () => {
    const { code, said, complained } = await withFolder(folder, () => command(['list']));
    expect([code, said]).toEqual([1, '']);
    expect(complained).toBe(
      `Holdfast is running on ${folder} (process ${process.pid}): stop it with Ctrl-C, run this again, then start it.\n`,
    );
  });

  it('killed on its way and run again sends each letter back once', async () => {
    const killed = await command(['replay', '--all'], (said, kill) => {
      if (said.includes('sent back')) kill();
    });
    expect(killed.code).toBeNull();
    expect(count(killed.said, ': sent back\n')).toBeLessThan(COUNT);
    const again = await command(['replay', '--all']);
    expect(again).toMatchObject({ code: 0, complained: '' });
    const before = count(again.said, ': was sent back before; its stage has not come to it yet\n');
    expect(before).toBeGreaterThanOrEqual(count(killed.said, ': sent back\n'));
    expect(count(again.said, ': sent back\n')).toBe(COUNT - before);

    const outputs = await withFolder(folder, (resources) => flow(resources, CUSTOMER_FEATURES.name));
    expect(outputs).toEqual(ids.map((id) => [id]));
    const { said } = await command(['list']);
    expect(said).toBe(`No dead letters. ${COUNT} letters were taken in: list --all.\n`);
  });
});
