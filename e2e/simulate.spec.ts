import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

const simulate = (...options: string[]) =>
  spawnSync(process.execPath, ['tools/simulate.mjs', ...options], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
  });

describe('npm run simulate', () => {
  it('says how many seeds have passed, and writes down what struck', () => {
    const directory = mkdtempSync(join(tmpdir(), 'holdfast-simulate-'));
    const file = join(directory, 'results.json');
    const { status, stdout } = simulate('--seeds', '30', '--first', '7', '--json', file);
    expect(stdout).toMatch(/^30 seeds, 7 to 36: 0 failed, \d+ kinds of faults struck, in .*\.\n$/);
    expect(status).toBe(0);
    const results = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(results).toMatchObject({ first: 7, seeds: 30, done: 30, failures: [], missing: [] });
    expect((results['faults'] as Record<string, number>)['killed']).toBeGreaterThan(0);
    rmSync(directory, { recursive: true });
  });

  it('prints a seed that fails and the command that replays exactly that', () => {
    const { status, stdout } = simulate('--seeds', '50', '--jobs', '1', '--flaw', 'sources are not checked');
    expect(status).toBe(1);
    const [complaint, replay] = stdout.split('\n');
    expect(complaint).toMatch(/^seed \d+: /);
    const [, first, flaw] = /^ {2}replay: npm run simulate -- --first (\d+) --seeds 1 --flaw '(.*)'$/.exec(replay!)!;
    const again = simulate('--first', first!, '--seeds', '1', '--flaw', flaw!);
    expect(again.stdout.split('\n')[0]).toBe(complaint);
    expect(again.status).toBe(1);
  });

  it('refuses what makes no sense with a sentence', () => {
    const { status, stderr } = simulate('--seeds', 'many');
    expect([status, stderr]).toEqual([1, "--seeds must be a whole number from 1 on, not 'many'.\n"]);
  });
});
