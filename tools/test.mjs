// `npm test [-- PATTERN]`: installs and builds if need be, runs every test of every project, ends with `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import config from '../jest.config.mjs';
import { prepare, root } from './prepare.mjs';

/** What needs the whole machine: it runs when all other tests are through. */
const ALONE = 'apps/chaos/src/short-run\\.spec\\.ts$';

prepare();

const results = join(root, '.holdfast', 'test-results.json');
mkdirSync(join(root, '.holdfast'), { recursive: true });

/** Runs Jest. Ends everything when that comes to no results. */
function jest(...args) {
  rmSync(results, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      '--config=jest.config.mjs',
      '--rootDir=.',
      '--maxWorkers=2',
      '--json',
      `--outputFile=${results}`,
      ...args,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    return { status, ...JSON.parse(readFileSync(results, 'utf8')) };
  } catch {
    process.stderr.write('Jest ended without results: see its output above.\n');
    process.exit(1);
  }
}

const runEverything = () => [
  jest(...config.testPathIgnorePatterns.concat(ALONE).map((pattern) => `--testPathIgnorePatterns=${pattern}`)),
  jest(`--testPathPatterns=${ALONE}`),
];
const wishes = process.argv.slice(2);
const runs = wishes.length > 0 ? [jest(...wishes)] : runEverything();

const total = (count) => runs.reduce((sum, run) => sum + count(run), 0);
const passed = total((run) => run.numPassedTests);
// A suite that does not even load has no failed tests of its own: count it as one.
const failed = total((run) => run.numFailedTests + run.numRuntimeErrorTestSuites);
const skipped = total((run) => run.numPendingTests + run.numTodoTests);
if (passed === 0) process.stderr.write('No test was run.\n');
process.stdout.write(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`);
process.exit(runs.every(({ status }) => status === 0) && failed === 0 && passed > 0 ? 0 : 1);
