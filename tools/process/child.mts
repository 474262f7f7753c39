import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './error-code.mts';

/** How a process ended: its exit code, or the signal that ended it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that the launcher started, in a group of its own so that Ctrl-C in a terminal reaches it only through us. */
export interface OwnProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Resolves when the process has ended; never rejects. */
  readonly ended: Promise<Ending>;
  /** How it ended, in words; null while it runs. */
  ending(): string | null;
}

/**
 * Starts a process in its own group.
 * @throws Error when it cannot be started at all (no such file, no permission)
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<OwnProcess> {
  const child = spawn(command, args, { ...options, detached: true });
  let ending: string | null = null;
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => {
      ending = describeEnding({ code, signal });
      resolve({ code, signal });
    });
  });
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error(`${command} has no process id`);
  return { pid: child.pid, child, ended, ending: () => ending };
}

/** Sends a signal to every process of a group; a group that is gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** Sends a signal to one process. @returns false when there is none with this id */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    if (signal === 0) return true; // it exists and belongs to somebody else
    throw error;
  }
}

/** Asks a group to end, waits, then ends it. Resolves when its leader has gone. */
export async function stopGroup(own: OwnProcess, graceMs: number): Promise<void> {
  signalGroup(own.pid, 'SIGTERM');
  const gone = await Promise.race([own.ended.then(() => true), delay(graceMs, false, { ref: false })]);
  // Also after an orderly end: a helper process that outlived its leader is in the same group.
  signalGroup(own.pid, 'SIGKILL');
  if (!gone) await own.ended;
}

/** In words: `exit code 3` or `signal SIGKILL`. */
export function describeEnding({ code, signal }: Ending): string {
  return signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
}
