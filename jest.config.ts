import type { Config } from 'jest';

/** What every project shares: SWC for our TypeScript and for Nest's ESM packages, aliases as in tsconfig.base.json. */
const shared = {
  rootDir: '.',
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'mts', 'js', 'mjs', 'json'],
  transform: {
    '^.+\\.(m?ts|m?js)$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Packages that ship ES modules only, which Jest's CommonJS registry cannot load as they are.
  transformIgnorePatterns: [
    '/node_modules/(?!(@nestjs|eventsource-parser|uuidv7|content-disposition|glob|minimatch|minipass|path-scurry|lru-cache|brace-expansion|balanced-match|@isaacs)/)',
  ],
  moduleNameMapper: { '^@weir/(.*)$': '<rootDir>/libs/$1/src/index.ts' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.weir/'],
  setupFiles: ['reflect-metadata'],
} satisfies Config;

const withDatabase = {
  ...shared,
  globalSetup: '<rootDir>/libs/testing/src/jest/start-postgres.ts',
  globalTeardown: '<rootDir>/libs/testing/src/jest/stop-postgres.ts',
} satisfies Config;

const config: Config = {
  testTimeout: 30_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,tools}/**/*.spec.ts'] },
    { ...withDatabase, displayName: 'integration', testMatch: ['<rootDir>/{apps,libs}/**/*.int-spec.ts'] },
    { ...withDatabase, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts'] },
    { ...withDatabase, displayName: 'security', testMatch: ['<rootDir>/test/security/**/*.e2e-spec.ts'] },
    { ...withDatabase, displayName: 'contract', testMatch: ['<rootDir>/test/contract/**/*.e2e-spec.ts'] },
    { ...withDatabase, displayName: 'engine', testMatch: ['<rootDir>/test/engine/**/*.e2e-spec.ts'] },
  ],
};

export default config;
