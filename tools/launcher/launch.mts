import { join } from 'node:path';
import { ensureBuilt } from '../build/build.mts';
import { freePort } from '../process/free-port.mts';
import { apiEnvironment } from './api-environment.mts';
import { refuseTakenPort, startApi } from './api.mts';
import type { DataFolder } from './data-folder.mts';
import { openDatabases, type Databases } from './database.mts';
import { runDemo } from './demo.mts';
import { runEmbeddedEngine } from './embedded-engine.mts';
import type { Guard } from './guard.mts';
import { migrateAndSeed } from './migrate.mts';
import type { Progress } from './progress.mts';
import type { LocalSecrets } from './secrets.mts';
import type { LauncherSettings } from './settings.mts';
import type { Shutdown } from './shutdown.mts';

export interface Launch {
  readonly projectDir: string;
  readonly settings: LauncherSettings;
  readonly data: DataFolder;
  readonly secrets: LocalSecrets;
  readonly progress: Progress;
  readonly guard: Guard;
  readonly shutdown: Shutdown;
  /** Aborted when the launcher is asked to stop. */
  readonly signal: AbortSignal;
}

/**
 * Starts everything, as much as possible side by side: the engine installs while the API is built and the database made.
 * @returns when it all was stopped, or when the API ended by itself: then the reason
 */
export async function launch(run: Launch): Promise<string | undefined> {
  const { projectDir, settings, progress } = run;
  await refuseTakenPort(settings.host, settings.port);
  const internalPort = Number(process.env['INTERNAL_PORT'] ?? '') || (await freePort());
  const enginePort = settings.engine.kind === 'embedded' ? await freePort() : undefined;
  const databases = startDatabases(run);
  if (enginePort !== undefined) startEmbeddedEngine(run, { databases, internalPort, enginePort });
  const [opened, built] = await Promise.all([
    databases,
    ensureBuilt(projectDir, (text) => progress.step('build', text)),
  ]);
  if (built) progress.step('build', 'done');
  run.signal.throwIfAborted();
  const engineUrl = enginePort === undefined ? undefined : `http://127.0.0.1:${enginePort}`;
  const env = apiEnvironment(process.env, { ...run, databases: opened, internalPort, engineUrl });
  await migrateAndSeed(projectDir, env, opened, progress);
  run.signal.throwIfAborted();
  return serve(run, env);
}

async function startDatabases(run: Launch): Promise<Databases> {
  const databases = await openDatabases(run.settings, run.data, run.secrets, run.projectDir);
  const { server } = databases;
  if (server === undefined) {
    run.progress.step('database', 'using DATABASE_URL');
    return databases;
  }
  run.guard.watch('postgres', server.pid);
  void server.ended.then(() => run.guard.forget('postgres'));
  run.shutdown.add(() => server.stop());
  run.progress.step('database', `PostgreSQL on 127.0.0.1:${server.port}, data in ${run.data.postgres}`);
  return databases;
}

interface EngineParts {
  readonly databases: Promise<Databases>;
  readonly internalPort: number;
  readonly enginePort: number;
}

function startEmbeddedEngine(run: Launch, { databases, internalPort, enginePort }: EngineParts): void {
  const stop = new AbortController();
  const databaseUrl = databases.then(({ engineUrl }) => {
    if (engineUrl === undefined) throw new Error('there is no database for the engine');
    // Only now: the engine has to be stopped before its database, which was added just before.
    run.shutdown.add(async () => {
      stop.abort();
      await engine;
    });
    return engineUrl;
  });
  databaseUrl.catch(() => undefined); // told by whoever opens the databases
  const engine = runEmbeddedEngine({
    ...run,
    overrides: run.settings.engineOverrides,
    port: enginePort,
    jwksUrl: `http://127.0.0.1:${internalPort}/.well-known/jwks.json`,
    databaseUrl,
    signal: AbortSignal.any([stop.signal, run.signal]),
  });
}

async function serve(run: Launch, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { projectDir, settings, data, secrets, progress, guard, shutdown, signal } = run;
  const logFile = join(data.logs, 'api.log');
  const onProcess = (pid: number): void => guard.watch('api', pid);
  const api = await startApi({
    projectDir,
    env,
    host: settings.host,
    port: settings.port,
    logFile,
    onProcess,
  });
  shutdown.add(() => api.stop());
  void api.ended.then(() => guard.forget('api'));
  progress.step('api', `ready on ${api.url} (reference: ${api.url}/docs, log: ${logFile})`);
  const demo = runDemo({
    apiUrl: api.url,
    password: secrets.demoPassword,
    passwordFile: secrets.demoPasswordFile,
    progress,
    signal,
  });
  demo.catch(() => undefined); // only ever rejects because of the signal
  const reason = await api.ended;
  return signal.aborted ? undefined : reason;
}
