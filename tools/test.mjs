// `npm test`: installs if need be, then runs every test of every project and ends with `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

if (!existsSync(join(root, 'node_modules', '.package-lock.json')) && run('npm', ['ci', '--no-audit', '--no-fund']) !== 0)
  process.exit(1);
process.exit(run('npx', ['nx', 'run-many', '-t', 'test']));
