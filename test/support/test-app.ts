import { SystemClock, type Clock } from '@weir/kernel';
import { createLogger } from '@weir/logging';
import { createTestDatabase, testConfig, type TestDatabase } from '@weir/testing';
import type { AppConfig } from '@weir/config';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RouteTable } from '@weir/http';
import { createApi } from '../../apps/api/src/create-app';
import { ApiClient } from './api-client';

export interface TestAppOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** Share a database between two apps (two replicas); the caller drops it. */
  readonly database?: TestDatabase;
  readonly template?: string;
}

/** The API as it is shipped, on a free port, with a database of its own. */
export interface TestApp {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly config: AppConfig;
  readonly database: TestDatabase;
  readonly routes: RouteTable;
  /** Everything that the process logged. */
  readonly logs: string[];
  /** A client without a login. */
  anonymous(): ApiClient;
  /** Registers a new person and returns a client that is signed in. */
  signUp(name?: string): Promise<ApiClient>;
  stop(): Promise<void>;
}

let people = 0;

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database =
    options.database ??
    (await createTestDatabase(options.template === undefined ? {} : { template: options.template }));
  const config = testConfig({ DATABASE_URL: database.appUrl, LOG_LEVEL: 'info', ...options.env });
  const logs: string[] = [];
  const logger = createLogger({
    level: config.logLevel,
    destination: { write: (line: string) => void logs.push(line) },
  });
  const { app, routes } = await createApi({ config, logger, clock: options.clock ?? new SystemClock() });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  return {
    url,
    app,
    config,
    database,
    routes,
    logs,
    anonymous: () => new ApiClient(url),
    signUp: async (name = `Person ${(people += 1)}`) => ApiClient.signUp(url, name),
    stop: async () => {
      await app.close();
      if (options.database === undefined) await database.drop();
    },
  };
}
