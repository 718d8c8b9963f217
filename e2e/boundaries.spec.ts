// The canary of the layering: a deliberately wrong file must be refused by lint, else the boundaries guard nothing.
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const wrong = join(root, 'libs', 'policy', 'src', 'canary-of-the-boundaries.ts');

/** Lints one project through Nx, as `npm run check` does, and gives back what it printed. */
const lintPolicy = () =>
  new Promise<{ code: number; output: string }>((resolve) =>
    execFile(
      'npx',
      ['nx', 'run', '@holdfast/policy:lint', '--skip-nx-cache'],
      { cwd: root, env: { ...process.env, NX_DAEMON: 'false' } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    ),
  );

describe('layer boundaries', () => {
  afterAll(() => rm(wrong, { force: true }));

  it('refuse a domain lib that imports an adapter, reads the clock and touches the file system', async () => {
    await writeFile(
      wrong,
      "import { openDatabase } from '@holdfast/postgres';\nimport { readFileSync } from 'node:fs';\n" +
        'export const now = () => [Date.now(), openDatabase, readFileSync];\n',
    );
    const { code, output } = await lintPolicy();
    expect(output).toContain('@nx/enforce-module-boundaries');
    expect(output).toContain('Domain libs touch no world');
    expect(output).toContain('Domain libs are told the time');
    expect(code).not.toBe(0);
  }, 120_000);
});
