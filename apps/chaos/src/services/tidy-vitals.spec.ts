import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from '@jest/globals';

import { type Vitals } from '../arena/vitals.js';

const MEBI = 2 ** 20;
const ROOT = join(import.meta.dirname, '../../../..');

/** In a process of its own: what else a process of Jest holds, and lets go, is not known. */
const PROGRAM = `
  import { tidyVitals } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'tidy-vitals.ts')).href)};
  const before = await tidyVitals();
  let held = Array.from({ length: 400_000 }, (_, i) => 'text ' + i + ' of some length');
  await tidyVitals();
  const meanwhile = await tidyVitals(); // it is old now
  const kept = held.length;
  held = null;
  console.log(JSON.stringify({ before, meanwhile, after: await tidyVitals(), kept }));
`;

it('what is held no more is not told, however old it is', async () => {
  const loader = ['--conditions=@holdfast/source', '--import', '@swc-node/register/esm-register'];
  const { stdout } = await promisify(execFile)(process.execPath, [...loader, '--input-type=module', '-e', PROGRAM], {
    cwd: ROOT,
  });
  const { before, meanwhile, after, kept } = JSON.parse(stdout) as Record<'before' | 'meanwhile' | 'after', Vitals> & {
    readonly kept: number;
  };
  expect(meanwhile.liveBytes - before.liveBytes).toBeGreaterThan(kept * 24);
  expect(Math.abs(after.liveBytes - before.liveBytes)).toBeLessThan(2 * MEBI);
  expect(after.residentBytes).toBeGreaterThan(after.liveBytes / 2);
});
