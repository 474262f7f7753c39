import { randomBytes } from 'node:crypto';
import { loadConfig, type AppConfig } from '@weir/config';

/** Settings of a test: random keys, cheap password hashes, no general rate limits; everything can be overridden. */
export function testConfig(overrides: Readonly<Record<string, string>>): AppConfig {
  return loadConfig({
    NODE_ENV: 'test',
    PORT: '0',
    INTERNAL_PORT: '0',
    LOG_LEVEL: 'silent',
    JWT_KEYS: `test:${randomBytes(32).toString('base64')}`,
    MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
    BCRYPT_COST: '4',
    RATE_LIMITS: 'false',
    ENGINE_DRIVER: 'simulated',
    SHUTDOWN_GRACE_SECONDS: '5',
    ...overrides,
  });
}
