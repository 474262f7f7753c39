import { ApiClient } from './api-client';
import type { EngineApp } from './engine-app';
import { startTestApp, type TestApp } from './test-app';

/** A second process of the same service: same database, engine and keys. */
export function startReplica(of: EngineApp, env: Readonly<Record<string, string>> = {}): Promise<TestApp> {
  const { keys } = of.config;
  const shared = {
    JWT_KEYS: keys.jwt,
    MASTER_KEYS: keys.master.provider === 'local' ? keys.master.keys : '',
  };
  return startTestApp({ database: of.database, env: { ...of.engineEnv, ...shared, ...env } });
}

/** The same person, asking another process. */
export function atReplica(replica: TestApp, client: ApiClient): ApiClient {
  return new ApiClient(replica.url, client.login);
}
