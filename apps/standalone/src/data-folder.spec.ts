import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { prepareDataFolder, writeKeyOf } from './data-folder.js';

describe('the data folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-folder-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is made with all folders above it', async () => {
    await prepareDataFolder(join(folder, 'a', 'b', 'c'));
    await writeFile(join(folder, 'a', 'b', 'c', 'kept'), 'yes');
    await prepareDataFolder(join(folder, 'a', 'b', 'c'));
    expect(await readFile(join(folder, 'a', 'b', 'c', 'kept'), 'utf8')).toBe('yes');
  });

  it.each(['/proc/holdfast/data', join('/dev/null', 'data')])('%s is refused with a sentence', async (nowhere) => {
    await expect(prepareDataFolder(nowhere)).rejects.toThrow(
      /^Holdfast cannot write to .*: choose another folder with --data-dir\.$/,
    );
  });

  it('keeps its write key, which nobody else may read', async () => {
    const key = await writeKeyOf(folder);
    expect(key.length).toBeGreaterThan(20);
    expect(await writeKeyOf(folder)).toBe(key);
  });

  it('makes a write key anew that a killed start has left empty, and leaves nothing else behind', async () => {
    const interrupted = join(folder, 'interrupted');
    await prepareDataFolder(interrupted);
    await writeFile(join(interrupted, 'write-key'), '');
    const key = await writeKeyOf(interrupted);
    expect(key.length).toBeGreaterThan(20);
    expect(await writeKeyOf(interrupted)).toBe(key);
    const { mode } = await stat(join(interrupted, 'write-key'));
    expect(mode & 0o777).toBe(0o600);
    expect((await readdir(interrupted)).filter((name) => name.startsWith('write-key'))).toEqual(['write-key']);
  });
});
