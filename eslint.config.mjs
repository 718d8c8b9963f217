// Lint rules: errors or absent. Layering (design: domain computes, adapters touch the world, apps connect) is checked by Nx.
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** One row a lib of the layout table: which libs it may import. */
const lib = (name, ...mayImport) => ({
  sourceTag: `lib:${name}`,
  onlyDependOnLibsWithTags: mayImport.map((other) => `lib:${other}`),
});

const impure = (name) => ({ name, message: 'Domain libs compute: time, chance and the outside world are handed in.' });

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '**/.holdfast', '**/.nx', 'libs/model/kernel'] },
  ...tseslint.configs.recommended,
  prettier,
  {
    files: ['**/*.ts', '**/*.mjs'],
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', { max: 4 }],
      eqeqeq: ['error', 'always'],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name what you re-export.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
      ],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          depConstraints: [
            lib('schemas'),
            lib('features', 'schemas'),
            lib('model'),
            lib('risk', 'schemas', 'features', 'model'),
            lib('training', 'schemas', 'features', 'model', 'risk'),
            lib('policy', 'schemas'),
            lib('broker', 'schemas'),
            lib('postgres', 'schemas'),
            lib('stream', 'schemas', 'broker', 'postgres'),
            lib('tasks', 'schemas', 'features', 'model', 'risk', 'broker', 'stream'),
            lib('datasets', 'schemas'),
            lib('service'),
            ...['standalone', 'chaos'].map((app) => ({
              sourceTag: `app:${app}`,
              onlyDependOnLibsWithTags: ['layer:domain', 'layer:adapter', 'layer:app'],
            })),
            ...[
              'ingest',
              'features',
              'scoring',
              'dispatch',
              'console',
              'trainer',
              'replay',
              'dead-letters',
              'rewind',
            ].map((app) => ({
              sourceTag: `app:${app}`,
              onlyDependOnLibsWithTags: ['layer:domain', 'layer:adapter'],
            })),
          ],
        },
      ],
    },
  },
  {
    // Nest injects by emitted metadata: an injected class must stay a value import.
    files: ['apps/**/*.ts', 'libs/service/**/*.ts', 'libs/stream/**/*.ts', 'libs/postgres/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['apps/**/*.ts'],
    ignores: ['apps/chaos/**', '**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: '@holdfast/stream/flaws', message: 'Only tests break the protocol.' }] },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/e2e/**', 'bench/**'],
    rules: { 'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['libs/{schemas,features,model,risk,training,policy}/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group: ['node:*'], message: 'Domain libs touch no world.' }] }],
      'no-restricted-globals': [
        'error',
        ...['process', 'setTimeout', 'setInterval', 'setImmediate', 'performance'].map(impure),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Domain libs are told the time.' },
        { object: 'Math', property: 'random', message: 'Domain libs are told their chance.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name what you re-export.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
        {
          selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
          message: 'Domain libs are told the time.',
        },
      ],
    },
  },
);
