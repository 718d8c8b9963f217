// One Jest configuration for every project; called with --rootDir {projectRoot} (see nx.json) or at the root for all.
/** @type {import('jest').Config} */
export default {
  testMatch: ['**/src/**/*.spec.ts', '**/e2e/**/*.spec.ts', '**/tools/**/*.spec.ts', '**/bench/**/*.spec.ts'],
  modulePathIgnorePatterns: ['/dist/', '/.holdfast/'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.holdfast/'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@holdfast/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      `${import.meta.dirname}/tools/jest-swc.mjs`,
      {
        swcrc: false,
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testSequencer: `${import.meta.dirname}/tools/longest-first.mjs`,
  // Only for what hangs: on a machine with much else to do, a whole data set takes minutes to read.
  testTimeout: 300_000,
};
