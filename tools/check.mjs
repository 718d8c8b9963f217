// `npm run check`: format, lint with layer boundaries, types. The same line by hand and in CI.
import { spawnSync } from 'node:child_process';

import { ensureInstalled, requireNode, root } from './prepare.mjs';

requireNode();
ensureInstalled();
const steps = [
  ['format', 'prettier --check --log-level=warn .'],
  ['lint and types', 'nx run-many -t lint typecheck --output-style=static'],
  ['lint of tools', 'eslint --max-warnings 0 tools bench e2e eslint.config.mjs jest.config.mjs'],
  ['types of e2e', 'tsc --noEmit -p e2e'],
];
/** What is generated must be what its source says. */
for (const generated of ['contracts', 'kernel']) {
  const { status } = spawnSync('npm', ['run', '--silent', generated, '--', '--check'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(1);
}
for (const [name, command] of steps) {
  const { status } = spawnSync('npx', command.split(' '), {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NX_DAEMON: 'false' },
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write(`check failed: ${name}. \`npm run format\` mends the format; the rest is said above.\n`);
    process.exit(1);
  }
}
process.stdout.write('check: format, lint, boundaries and types are in order\n');
