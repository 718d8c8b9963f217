// What every command needs first: a Node that is new enough, installed packages, built projects. Plain Node, no packages:
// it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Prints one sentence and ends with exit code 1. */
export function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** Ends with a sentence when this Node is older than `engines` in package.json says. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Holdfast needs Node 20.19 or newer, this is ${process.versions.node}: install a newer Node and try again.`);
}

/** Installs what package-lock.json says, unless exactly that has been installed already. */
export function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.holdfast-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('Installing packages (once, about a minute) …\n');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    fail('npm could not install the packages: see its message above, and that this folder may be written to.');
  writeFileSync(stamp, lock);
}

/** Builds all projects when a source file, or the set of them, has changed since the last build. */
export function ensureBuilt() {
  const stamp = join(root, 'node_modules', '.holdfast-built');
  const state = sourcesState();
  const sources = sourcesState(false);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  process.stderr.write('Building …\n');
  const { status } = spawnSync(process.execPath, [join(root, 'tools', 'build.mjs')], { cwd: root, stdio: 'inherit' });
  if (status !== 0) fail('The build failed: see the message above.');
  // Taken anew, now that everything has been built; a source that changed meanwhile leads to another build.
  if (sourcesState(false) === sources) writeFileSync(stamp, sourcesState());
}

function sourcesState(withDist = true) {
  const hash = createHash('sha256')
    .update(root)
    .update(readFileSync(join(root, 'tools', 'build.mjs')));
  if (withDist) hash.update(String(existsSync(join(root, 'apps', 'bundled', 'dist'))));
  for (const group of ['libs', 'apps']) {
    for (const project of readdirSync(join(root, group)).sort()) {
      const source = join(root, group, project, 'src');
      if (!existsSync(source)) continue;
      if (withDist) hash.update(String(existsSync(join(root, group, project, 'dist'))));
      for (const file of readdirSync(source, { recursive: true }).map(String).sort()) {
        const { mtimeMs, size } = statSync(join(source, file));
        hash.update(`${group}/${project}/${file} ${mtimeMs} ${size}\n`);
      }
    }
  }
  return hash.digest('hex');
}

/** All of the above. */
export function prepare() {
  requireNode();
  ensureInstalled();
  ensureBuilt();
}
