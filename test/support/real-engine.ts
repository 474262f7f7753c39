import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createTestDatabase, freePort, generateEngineKeys, ModelServer } from '@weir/testing';
import { startTestApp, type TestApp } from './test-app';

/** The API with a real Langflow and a local model server behind it: nothing of the chain is faked but the model itself. */
export interface RealEngineApp extends TestApp {
  readonly model: ModelServer;
  readonly engineUrl: string;
  /** Ends the engine and waits until it is gone; `startEngine` brings it back on the same address and database. */
  stopEngine(): Promise<void>;
  startEngine(): Promise<void>;
}

export async function startRealEngineApp(): Promise<RealEngineApp> {
  const model = new ModelServer({ delayPerChunkMs: 20 });
  await model.start();
  const engineDatabase = await createTestDatabase({ template: 'template0' });
  const internalPort = await freePort();
  const enginePort = await freePort();
  const homeDir = mkdtempSync(join(tmpdir(), 'weir-engine-test-'));
  chmodSync(homeDir, 0o700);
  const app = await startTestApp({
    env: {
      ENGINE_DRIVER: 'langflow',
      ENGINE_URL: `http://127.0.0.1:${enginePort}`,
      ENGINE_SIGNING_KEY: generateEngineKeys().privateKeyPem,
      INTERNAL_PORT: String(internalPort),
    },
  });
  const request = {
    databaseUrl: engineDatabase.ownerUrl,
    jwksUrl: `http://127.0.0.1:${internalPort}/.well-known/jwks.json`,
    homeDir,
    port: enginePort,
    env: {
      OPENAI_BASE_URL: model.openAiBaseUrl,
      LANGFLOW_SSRF_ALLOWED_HOSTS: '127.0.0.2',
    },
  };
  let engine = await serveEngine(request);
  try {
    await waitUntilReady(app);
  } catch (error) {
    await app.stop();
    await engine.stop();
    throw error;
  }
  return {
    ...app,
    model,
    engineUrl: `http://127.0.0.1:${enginePort}`,
    stopEngine: () => engine.stop(),
    startEngine: async () => {
      engine = await serveEngine(request);
    },
    stop: async () => {
      await app.stop();
      await engine.stop();
      await engineDatabase.drop();
      await model.stop();
      rmSync(homeDir, { recursive: true, force: true });
    },
  };
}

/** Runs the launcher's engine as its own process (it is an ES module, which Jest does not load); it ends with its input. */
async function serveEngine(request: Readonly<Record<string, unknown>>): Promise<{ stop(): Promise<void> }> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'tools/engine/serve.mts'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.write(`${JSON.stringify(request)}\n`);
  const lines = createInterface({ input: child.stdout });
  const exited = once(child, 'exit');
  const first = await Promise.race([once(lines, 'line'), exited.then(() => null)]);
  if (first === null) throw new Error('The engine did not start; its messages are above.');
  return {
    stop: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

async function waitUntilReady(app: TestApp): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const { status, text } = await app.anonymous().get('/readyz');
    if (status === 200) return;
    if (Date.now() > deadline) throw new Error(`not ready: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
