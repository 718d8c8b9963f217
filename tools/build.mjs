// Builds every project with swc: src/**/*.ts → dist/**/*.js. Types are checked apart (npm run check).
import { readdirSync } from 'node:fs';
import { copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { transformFile } from '@swc/core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const options = {
  swcrc: false,
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'es6' },
  sourceMaps: true,
};

async function buildProject(project) {
  const source = join(project, 'src');
  const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
  await rm(join(project, 'dist'), { recursive: true, force: true });
  for (const file of files) {
    const from = join(file.parentPath ?? file.path, file.name);
    const to = join(project, 'dist', from.slice(source.length + 1));
    await mkdir(dirname(to), { recursive: true });
    if (!file.name.endsWith('.ts')) {
      await copyFile(from, to);
    } else if (!file.name.endsWith('.spec.ts')) {
      const { code, map } = await transformFile(from, options);
      const out = to.replace(/\.ts$/, '.js');
      await writeFile(out, `${code}\n//# sourceMappingURL=${file.name.replace(/\.ts$/, '.js.map')}\n`);
      if (map) await writeFile(`${out}.map`, map);
    }
  }
}

for (const group of ['libs', 'apps']) {
  for (const name of readdirSync(join(root, group))) {
    const project = join(root, group, name);
    if (await stat(join(project, 'src')).catch(() => null)) await buildProject(project);
  }
}
