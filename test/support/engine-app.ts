import { FakeLangflow, freePort, generateEngineKeys, type FakeLangflowOptions } from '@weir/testing';
import { startTestApp, type TestApp, type TestAppOptions } from './test-app';

export interface EngineApp extends TestApp {
  readonly fake: FakeLangflow;
  readonly internalUrl: string;
  /** What starts another app (a second replica) on the same engine and keys; its internal port is its own. */
  readonly engineEnv: Readonly<Record<string, string>>;
}

export interface EngineAppOptions extends TestAppOptions {
  readonly engine?: Omit<FakeLangflowOptions, 'jwks' | 'jwksUrl'>;
  /** The engine starts later, through `fake.start()`. */
  readonly engineDown?: boolean;
}

/**
 * The API together with an engine that verifies its tokens with the keys that the internal listener serves, as a real one
 * does. The engine's port is fixed, so that it can go away and come back.
 */
export async function startEngineApp(options: EngineAppOptions = {}): Promise<EngineApp> {
  const internalPort = await freePort();
  const enginePort = await freePort();
  const internalUrl = `http://127.0.0.1:${internalPort}`;
  const fake = new FakeLangflow({
    ...options.engine,
    port: enginePort,
    jwksUrl: `${internalUrl}/.well-known/jwks.json`,
  });
  if (options.engineDown !== true) await fake.start();
  const engineEnv = {
    ENGINE_DRIVER: 'langflow',
    ENGINE_URL: `http://127.0.0.1:${enginePort}`,
    ENGINE_SIGNING_KEY: generateEngineKeys().privateKeyPem,
  };
  const app = await startTestApp({
    ...options,
    env: { ...engineEnv, INTERNAL_PORT: String(internalPort), ...options.env },
  });
  return {
    ...app,
    fake,
    internalUrl,
    engineEnv,
    stop: async () => {
      await app.stop();
      await fake.stop().catch(() => undefined);
    },
  };
}
