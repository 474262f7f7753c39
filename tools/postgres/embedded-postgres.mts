import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeEnding, signalProcess, startProcess, type OwnProcess } from '../process/child.mts';
import { freePort } from '../process/free-port.mts';
import { postgresAccount, type Account } from './account.mts';
import { findBinaries, type PostgresBinaries } from './binaries.mts';
import { initialiseCluster, isInitialised } from './initialise.mts';
import { endLeftover, serverStatus } from './postmaster-pid.mts';
import { serverFlags } from './settings.mts';

export { prepareRoles } from './roles.mts';

export interface EmbeddedPostgresOptions {
  /** The cluster lives here; made when missing, with mode 0700. */
  readonly dataDir: string;
  /** Password of the superuser `postgres`; only used when the cluster is made. */
  readonly superuserPassword: string;
  /** Fixed port on 127.0.0.1; a free one otherwise. */
  readonly port?: number;
  /** false: made for one test run. Not durable, and `stop` removes the folder. */
  readonly persistent: boolean;
  /** What the server prints goes here; beside the cluster otherwise. */
  readonly logFile?: string;
  /** Folder with `node_modules`; the working folder otherwise. */
  readonly projectDir?: string;
  /** Further settings of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  readonly pid: number;
  readonly port: number;
  /** Address of the database `postgres` as the superuser. */
  readonly superuserUrl: string;
  /** Resolves when the server has ended, wanted or not. */
  readonly ended: Promise<string>;
  /** Ends open connections, writes everything to disk, stops. May be called twice. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const ATTEMPTS = 3;

/**
 * Starts a real PostgreSQL on 127.0.0.1, without a Unix socket; makes the cluster first when there is none, and ends a
 * server that a killed launcher left behind on the same folder.
 * @throws Error with the last lines of the server's log when it does not come up
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const logFile = options.logFile ?? `${dataDir}.log`;
  const account = postgresAccount();
  const binaries = findBinaries(options.projectDir ?? process.cwd(), account);
  mkdirSync(dirname(dataDir), { recursive: true });
  await endLeftover(dataDir);
  if (!isInitialised(dataDir)) {
    await initialiseCluster({ dataDir, binaries, account, ...pick(options) });
  }
  const { server, port } = await startOnPort({ ...options, dataDir, logFile, account, binaries });
  const password = encodeURIComponent(options.superuserPassword);
  let stopping: Promise<void> | null = null;
  return {
    pid: server.pid,
    port,
    superuserUrl: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    ended: server.ended.then(describeEnding),
    stop: () => (stopping ??= stop(server, options.persistent ? null : dataDir)),
  };
}

interface Launch extends EmbeddedPostgresOptions {
  readonly logFile: string;
  readonly account: Account | null;
  readonly binaries: PostgresBinaries;
}

/** Between choosing a free port and using it somebody may take it: then the next one. */
async function startOnPort(launch: Launch): Promise<{ server: OwnProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = launch.port ?? (await freePort());
    const server = await spawnServer(launch, port);
    const failure = await waitUntilReady(server, launch.dataDir);
    if (failure === null) return { server, port };
    if (attempt === ATTEMPTS || launch.port !== undefined) {
      throw new Error(`PostgreSQL did not start: ${failure}. Its log: ${launch.logFile}`);
    }
  }
}

async function spawnServer(launch: Launch, port: number): Promise<OwnProcess> {
  mkdirSync(dirname(launch.logFile), { recursive: true });
  const log = openSync(launch.logFile, 'a', 0o600);
  try {
    const flags = serverFlags({ port, durable: launch.persistent, further: launch.settings ?? {} });
    return await startProcess(launch.binaries.postgres, ['-D', launch.dataDir, ...flags], {
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', log, log],
      ...launch.account,
    });
  } finally {
    closeSync(log);
  }
}

/** @returns null when the server takes connections, else why it does not */
async function waitUntilReady(server: OwnProcess, dataDir: string): Promise<string | null> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const ending = server.ending();
    if (ending !== null) return ending;
    const status = serverStatus(dataDir);
    if (status?.pid === server.pid && status.ready) return null;
    await delay(20);
  }
  await stop(server, null);
  return `not ready after ${START_TIMEOUT_MS / 1000} s`;
}

async function stop(server: OwnProcess, removeDir: string | null): Promise<void> {
  // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients to leave by themselves.
  signalProcess(server.pid, 'SIGINT');
  const stopped = await Promise.race([
    server.ended.then(() => true),
    delay(STOP_TIMEOUT_MS, false, { ref: false }),
  ]);
  if (!stopped) {
    signalProcess(server.pid, 'SIGQUIT');
    await server.ended;
  }
  if (removeDir !== null) rmSync(removeDir, { recursive: true, force: true });
}

function pick(options: EmbeddedPostgresOptions): { superuserPassword: string; durable: boolean } {
  return { superuserPassword: options.superuserPassword, durable: options.persistent };
}
