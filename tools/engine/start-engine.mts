import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeEnding, startProcess, stopGroup, type OwnProcess } from '../process/child.mts';
import { freePort } from '../process/free-port.mts';
import type { LogFile } from '../process/log-file.mts';
import { parseEnvironmentFile } from './environment-file.mts';
import { engineEnvironment, type EngineSettings } from './environment.mts';

interface StartEngineOptions extends EngineSettings {
  /** The folder of the project: `engines/langflow/environment.env` is read from it. */
  readonly projectDir: string;
  /** Port on 127.0.0.1; a free one otherwise. */
  readonly port?: number;
  readonly log: LogFile;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
  /** Told as soon as there is a process, before the engine answers. */
  readonly onProcess?: (pid: number) => void;
}

export interface Engine {
  readonly url: string;
  readonly pid: number;
  /** Resolves when the engine has ended, wanted or not, with the reason in words. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 240_000;
const POLL_MS = 250;
const STOP_GRACE_MS = 8_000;

/**
 * Starts a Langflow and waits until it answers.
 * @throws Error when it ends or does not answer within four minutes; nothing is left running then
 */
export async function startEngine(options: StartEngineOptions): Promise<Engine> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const server = await spawnEngine(options, port);
  options.onProcess?.(server.pid);
  try {
    await waitUntilHealthy(server, url, options);
  } catch (error) {
    await stopGroup(server, STOP_GRACE_MS);
    throw error;
  }
  return {
    url,
    pid: server.pid,
    ended: server.ended.then(describeEnding),
    stop: () => stopGroup(server, STOP_GRACE_MS),
  };
}

/** The committed, hardened part of the environment. */
export function hardenedEnvironment(projectDir: string): Readonly<Record<string, string>> {
  return parseEnvironmentFile(readFileSync(join(projectDir, 'engines/langflow/environment.env'), 'utf8'));
}

const SERVER = 'engines/langflow/serve.py';

async function spawnEngine(options: StartEngineOptions, port: number): Promise<OwnProcess> {
  for (const folder of ['langflow', 'tmp']) {
    mkdirSync(join(options.homeDir, folder), { recursive: true, mode: 0o700 });
  }
  const python = join(options.pythonDir, 'bin/python');
  const server = await startProcess(python, [join(options.projectDir, SERVER), '127.0.0.1', String(port)], {
    cwd: options.homeDir,
    env: engineEnvironment(hardenedEnvironment(options.projectDir), options, process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  options.log.follow(server.child.stdout, server.child.stderr);
  return server;
}

async function waitUntilHealthy(server: OwnProcess, url: string, options: StartEngineOptions): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    options.signal?.throwIfAborted();
    if (await isHealthy(url)) return;
    const ending = server.ending();
    if (ending !== null) {
      const last = options.log.recent(1).join('');
      throw new Error(`the engine ended while starting (${ending})${last === '' ? '' : `: ${last.trim()}`}`);
    }
    await delay(POLL_MS);
  }
  throw new Error(`the engine did not answer within ${START_TIMEOUT_MS / 1000} s`);
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health_check`, { signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
