// `npm test [-- PATTERN]`: installs and builds if need be, runs every test of every project, ends with `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { prepare, root } from './prepare.mjs';

prepare();

const results = join(root, '.holdfast', 'test-results.json');
mkdirSync(join(root, '.holdfast'), { recursive: true });
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
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
);

let summary;
try {
  summary = JSON.parse(readFileSync(results, 'utf8'));
} catch {
  process.stderr.write('Jest ended without results: see its output above.\n');
  process.exit(1);
}
// A suite that does not even load has no failed tests of its own: count it as one.
const failed = summary.numFailedTests + summary.numRuntimeErrorTestSuites;
const skipped = summary.numPendingTests + summary.numTodoTests;
if (summary.numPassedTests === 0) process.stderr.write('No test was run.\n');
process.stdout.write(`${summary.numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`);
process.exit(status === 0 && failed === 0 && summary.numPassedTests > 0 ? 0 : 1);
