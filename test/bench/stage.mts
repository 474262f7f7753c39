// Everything a benchmark needs, started from nothing and stopped again: Postgres, the stub engine, one API process.
import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { prepareRoles, startEmbeddedPostgres } from '../../tools/postgres/embedded-postgres.mts';
import { API_ENVIRONMENT, API_NODE_FLAGS, BUILT } from '../../tools/build/build.mts';
import { freePort } from '../../tools/process/free-port.mts';

export interface Stage {
  readonly api: string;
  readonly engine: string;
  readonly apiPid: number;
  readonly appUrl: string;
  readonly superuserUrl: string;
  /** Starts a further script of this folder and waits until it says that it is ready. */
  startScript(file: string, env: Readonly<Record<string, string>>): Promise<string>;
  stop(): Promise<void>;
}

export async function setStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  chmodSync(folder, 0o711);
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    superuserPassword: 'bench',
    persistent: false,
  });
  await prepareRoles({
    superuserUrl: postgres.superuserUrl,
    database: 'weir',
    ownerPassword: 'owner',
    appPassword: 'app',
  });
  const databaseUrl = (user: string, password: string): string =>
    `postgresql://${user}:${password}@127.0.0.1:${postgres.port}/weir`;
  const children: ChildProcess[] = [];
  const start = async (args: string[], env: Readonly<Record<string, string>>): Promise<ChildProcess> => {
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  };
  const startScript = async (file: string, env: Readonly<Record<string, string>>): Promise<string> => {
    const port = await freePort();
    const child = await start([join('test/bench', file)], { ...env, PORT: String(port) });
    if (child.stdout !== null) await once(child.stdout, 'data');
    return `http://127.0.0.1:${port}`;
  };

  const migration = await start([BUILT.cli, 'migrate'], {
    MIGRATION_DATABASE_URL: databaseUrl('weir_owner', 'owner'),
  });
  migration.stdout?.resume();
  await once(migration, 'exit');
  const engine = await startScript('stub-engine.mts', {});
  const port = await freePort();
  const signingKey = join(folder, 'engine.pem');
  writeFileSync(
    signingKey,
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
  const api = await start([...API_NODE_FLAGS, BUILT.api], {
    ...API_ENVIRONMENT,
    NODE_ENV: 'development',
    PORT: String(port),
    INTERNAL_PORT: String(await freePort()),
    DATABASE_URL: databaseUrl('weir_app', 'app'),
    JWT_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
    ENGINE_URL: engine,
    ENGINE_SIGNING_KEY_FILE: signingKey,
    LOG_LEVEL: 'warn',
    RATE_LIMITS: 'false',
  });
  api.stdout?.resume();
  const apiUrl = `http://127.0.0.1:${port}`;
  const stage: Stage = {
    api: apiUrl,
    engine,
    apiPid: api.pid ?? 0,
    appUrl: databaseUrl('weir_app', 'app'),
    superuserUrl: databaseUrl('postgres', 'bench'),
    startScript,
    stop: async () => {
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(
        children
          .filter((child) => child.exitCode === null && child.signalCode === null)
          .map((child) => once(child, 'exit')),
      );
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await waitForReady(`${apiUrl}/readyz`);
  } catch (error) {
    await stage.stop();
    throw error;
  }
  return stage;
}

async function waitForReady(url: string): Promise<void> {
  let said: string | null = null;
  for (let attempt = 0; attempt < 300; attempt += 1) {
    said = await fetch(url).then(
      async (response) => (response.ok ? null : response.text()),
      () => 'nothing',
    );
    if (said === null) return;
    await delay(100);
  }
  throw new Error(`${url} did not become ready within 30 s; it says ${said}`);
}
