import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError, runCommand } from '../process/run-command.mts';
import { findPython, type PythonTools } from './find-python.mts';

/** The engine cannot be installed here, and a person has to do something about it. */
export class EngineUnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineUnavailableError';
  }
}

export interface InstallOptions {
  readonly projectDir: string;
  /** `engine/` of the data folder. Every version of the lock file gets a folder of its own there. */
  readonly engineDir: string;
  /** Called at the start, every ten seconds and at the end. */
  readonly onProgress: (detail: string) => void;
  readonly signal?: AbortSignal;
}

const LOCK_FILE = 'engines/langflow/requirements.lock';
/** Written last: without it an installation was interrupted, and goes on where it stopped. */
const COMPLETE = 'complete.json';
const CREATED = 'created.json';
const PROGRESS_MS = 10_000;

/**
 * Installs the engine exactly as locked (versions and hashes) unless that has been done.
 * @returns the folder of the Python environment
 * @throws EngineUnavailableError without a usable Python, or when a package cannot be fetched
 */
export async function installEngine(options: InstallOptions): Promise<string> {
  const lockFile = join(options.projectDir, LOCK_FILE);
  const folder = join(options.engineDir, lockHash(readFileSync(lockFile)));
  if (existsSync(join(folder, COMPLETE))) return folder;
  const tools = await findPython();
  if (tools.python === null && !tools.uv) throw new EngineUnavailableError(noPythonMessage(tools.rejected));
  mkdirSync(options.engineDir, { recursive: true, mode: 0o700 });
  const started = Date.now();
  let latest = '';
  const report = (): void => options.onProgress(progressLine(Date.now() - started, latest));
  report();
  const timer = setInterval(report, PROGRESS_MS);
  const run = async (command: string, args: readonly string[]): Promise<void> => {
    latest = '';
    const onLine = (line: string): void => {
      latest = describeInstallerLine(line) ?? latest;
    };
    await runCommand(command, args, {
      onLine,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  };
  try {
    await createEnvironment(folder, tools, run);
    await installPackages(folder, lockFile, tools, run);
  } catch (error) {
    throw installFailure(error);
  } finally {
    clearInterval(timer);
  }
  writeFileSync(join(folder, COMPLETE), `${JSON.stringify({ seconds: secondsSince(started) })}\n`);
  return folder;
}

/** Names the folder of a lock file: a changed lock file is another environment, never a repaired one. */
export function lockHash(lock: Uint8Array): string {
  return createHash('sha256').update(lock).digest('hex').slice(0, 12);
}

/** What pip or uv is busy with, without paths and addresses of this machine; null for a line that does not say that. */
export function describeInstallerLine(line: string): string | null {
  const match =
    /^\s*(Collecting|Downloading|Downloaded|Using cached|Building|Built|Prepared|Installing|Installed)\b(.*)/.exec(
      line,
    );
  if (match === null) return null;
  const [first = ''] = (match[2] ?? '').trim().split(/\s*[(;,]/);
  const what = first.split('/').at(-1) ?? '';
  return `${match[1] ?? ''} ${what}`.trim().slice(0, 60).toLowerCase();
}

/** What to do without Python, as one sentence for a line of the terminal and for `/readyz`. */
export function noPythonMessage(rejected: readonly string[]): string {
  const found = rejected.length === 0 ? 'no Python was found' : `only ${rejected.join(', ')} was found`;
  return (
    `${found}. Install Python 3.10 to 3.13 (or uv) and start again, set ENGINE_URL to a Langflow that runs elsewhere, ` +
    'or set ENGINE_DRIVER=simulated'
  );
}

type Run = (command: string, args: readonly string[]) => Promise<void>;

async function createEnvironment(folder: string, tools: PythonTools, run: Run): Promise<void> {
  const marker = join(folder, CREATED);
  if (existsSync(marker)) return;
  rmSync(folder, { recursive: true, force: true });
  if (tools.uv) {
    await run('uv', ['venv', '--python', tools.python?.path ?? '3.12', folder]);
  } else if (tools.python !== null) {
    await run(tools.python.path, ['-m', 'venv', folder]);
  }
  writeFileSync(marker, `${JSON.stringify({ python: tools.python?.version ?? '3.12', uv: tools.uv })}\n`);
}

/**
 * Bytecode is left to the first start: it needs 6,500 of the 32,000 modules, and compiling all of them takes minutes.
 * Without uv on PATH the environment gets its own, pinned as well: pip needs four times as long for so many packages. pip
 * itself is the last resort, for machines whose package index only pip is configured for. The lock file is complete, so that
 * pip need not resolve anything (and would stumble over extras if it did).
 */
async function installPackages(
  folder: string,
  lockFile: string,
  tools: PythonTools,
  run: Run,
): Promise<void> {
  const python = join(folder, 'bin/python');
  const withUv = ['pip', 'install', '--python', python, '--require-hashes', '-r', lockFile];
  if (tools.uv) return run('uv', withUv);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--progress-bar', 'off'];
  try {
    await run(python, [...pip, '--require-hashes', '-r', join(dirname(lockFile), 'installer.lock')]);
    await run(join(folder, 'bin/uv'), withUv);
  } catch (error) {
    if (error instanceof CommandError && error.aborted) throw error;
    await run(python, [...pip, '--no-compile', '--no-deps', '--require-hashes', '-r', lockFile]);
  }
}

function progressLine(elapsedMs: number, latest: string): string {
  const seconds = Math.round(elapsedMs / 1000);
  return `installing Langflow, ${seconds} s${latest === '' ? '' : ` (${latest})`}`;
}

function installFailure(error: unknown): Error {
  if (!(error instanceof CommandError)) return error instanceof Error ? error : new Error(String(error));
  return new EngineUnavailableError(
    `Langflow could not be installed. ${error.message}\n` +
      'Start again to go on where it stopped, set ENGINE_URL to a Langflow that runs elsewhere, or set ENGINE_DRIVER=simulated',
    { cause: error },
  );
}

function secondsSince(started: number): number {
  return Math.round((Date.now() - started) / 1000);
}
