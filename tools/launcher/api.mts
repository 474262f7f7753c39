import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { API_ENVIRONMENT, API_NODE_FLAGS, BUILT } from '../build/build.mts';
import { describeEnding, startProcess, stopGroup } from '../process/child.mts';
import { isPortFree } from '../process/free-port.mts';
import { LogFile } from '../process/log-file.mts';

interface ApiOptions {
  readonly projectDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly host: string;
  readonly port: number;
  readonly logFile: string;
  readonly onProcess: (pid: number) => void;
}

interface Api {
  /** Where clients on this machine reach it. */
  readonly url: string;
  /** Resolves when the process has ended, with the reason and its last lines. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
/** The API itself lets requests finish for 25 s and then gives up after five more. */
const STOP_GRACE_MS = 32_000;

/** @throws Error that names the port and the way out when it is taken */
export async function refuseTakenPort(host: string, port: number): Promise<void> {
  if (await isPortFree(port, host)) return;
  throw new Error(
    `Port ${port} on ${host} is in use by another program: stop that, or choose another one, e.g. PORT=${port + 1} npm start`,
  );
}

/**
 * Starts the API and waits until it answers `/livez`.
 * @throws Error with the last lines of its log when it ends or does not answer
 */
export async function startApi(options: ApiOptions): Promise<Api> {
  const log = new LogFile(options.logFile);
  const command = [...API_NODE_FLAGS, join(options.projectDir, BUILT.api)];
  const server = await startProcess(process.execPath, command, {
    cwd: options.projectDir,
    env: { ...API_ENVIRONMENT, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  log.follow(server.child.stdout, server.child.stderr);
  options.onProcess(server.pid);
  const explain = (why: string): string =>
    [`the API ${why}; its log is ${options.logFile}`, ...log.recent(12).map((line) => `  ${line}`)].join(
      '\n',
    );
  const ended = server.ended.then((how) => explain(`ended (${describeEnding(how)})`));
  const url = localUrl(options.host, options.port);
  const outcome = await Promise.race([ended, isLive(url, Date.now() + START_TIMEOUT_MS)]);
  if (outcome !== true) {
    await stopGroup(server, STOP_GRACE_MS);
    throw new Error(outcome === false ? explain('does not answer') : outcome);
  }
  return { url, ended, stop: () => stopGroup(server, STOP_GRACE_MS) };
}

/** An address that means "all of this machine" is no address to connect to. */
export function localUrl(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (host === '::') return `http://[::1]:${port}`;
  return host.includes(':') ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}

async function isLive(url: string, deadline: number): Promise<boolean> {
  while (Date.now() < deadline) {
    try {
      const response = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(2000) });
      await response.body?.cancel();
      if (response.ok) return true;
    } catch {
      // Not yet.
    }
    await delay(100);
  }
  return false;
}
