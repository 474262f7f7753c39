import { join } from 'node:path';
import { replacedSettings } from '../engine/environment.mts';
import { EngineUnavailableError, installEngine } from '../engine/install.mts';
import { hardenedEnvironment, startEngine, type Engine } from '../engine/start-engine.mts';
import { superviseEngine, type EngineReport } from '../engine/supervise.mts';
import { LogFile } from '../process/log-file.mts';
import type { DataFolder } from './data-folder.mts';
import { writeEngineState } from './engine-state.mts';
import type { Guard } from './guard.mts';
import type { Progress } from './progress.mts';
import type { LocalSecrets } from './secrets.mts';

export interface EmbeddedEngineOptions {
  readonly projectDir: string;
  readonly data: DataFolder;
  readonly secrets: LocalSecrets;
  readonly overrides: Readonly<Record<string, string>>;
  readonly port: number;
  readonly jwksUrl: string;
  /** Known once the database server runs; the installation does not wait for it. */
  readonly databaseUrl: Promise<string>;
  readonly progress: Progress;
  readonly guard: Guard;
  readonly signal: AbortSignal;
}

/**
 * Installs, starts and supervises the embedded engine until the signal. Reports to the terminal and to the state file.
 * @returns when it was told to stop, or cannot go on; never rejects, because the API is useful without an engine
 */
export async function runEmbeddedEngine(options: EmbeddedEngineOptions): Promise<void> {
  const { data, progress, signal } = options;
  try {
    const pythonDir = await install(options);
    const databaseUrl = await options.databaseUrl;
    const log = new LogFile(join(data.logs, 'engine.log'));
    await superviseEngine({
      start: () => start(options, { pythonDir, databaseUrl, log }),
      onReport: (report) => tell(options, report),
      signal,
    });
    if (signal.aborted) writeEngineState(data.engineState, 'stopped', 'stopped with the launcher');
  } catch (error) {
    if (signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    const phase = error instanceof EngineUnavailableError ? 'unavailable' : 'failed';
    writeEngineState(data.engineState, phase, message.split('\n')[0] ?? message);
    progress.step(
      'engine',
      `not available: ${message}\nThe API runs all the same; runs answer 503 until there is an engine.`,
    );
  }
}

function install({ projectDir, data, progress, signal }: EmbeddedEngineOptions): Promise<string> {
  return installEngine({
    projectDir,
    engineDir: data.engine,
    signal,
    onProgress: (detail) => {
      writeEngineState(data.engineState, 'installing', detail);
      progress.step('engine', detail);
    },
  });
}

interface Prepared {
  readonly pythonDir: string;
  readonly databaseUrl: string;
  readonly log: LogFile;
}

async function start(options: EmbeddedEngineOptions, prepared: Prepared): Promise<Engine> {
  const { projectDir, data, secrets, overrides, guard } = options;
  const replaced = replacedSettings(hardenedEnvironment(projectDir), overrides);
  if (replaced.length > 0) {
    options.progress.step('engine', `ENGINE_ENV_ replaces hardened settings: ${replaced.join(', ')}`);
  }
  const engine = await startEngine({
    ...prepared,
    projectDir,
    homeDir: data.engineHome,
    superuserPassword: secrets.engineSuperuser,
    secretKey: secrets.engineSecretKey,
    jwksUrl: options.jwksUrl,
    overrides,
    port: options.port,
    signal: options.signal,
    onProcess: (pid) => guard.watch('engine', pid),
  });
  void engine.ended.then(() => guard.forget('engine'));
  return engine;
}

function tell({ data, progress }: EmbeddedEngineOptions, { phase, detail }: EngineReport): void {
  writeEngineState(data.engineState, phase, detail);
  const hint = phase === 'failed' ? `\nIts log is ${join(data.logs, 'engine.log')}` : '';
  progress.step('engine', `${detail}${hint}`);
}
