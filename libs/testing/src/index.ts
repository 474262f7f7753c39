export * from './engine-keys';
export * from './model-server';
export { freePort } from './free-port';
export { createTestDatabase, type TestDatabase } from './test-database';
export { testConfig } from './test-config';
