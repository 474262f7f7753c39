import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { signalProcess } from '../process/child.mts';

/** What a running server writes into `postmaster.pid`. */
export interface ServerStatus {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** @returns null when the text is not (yet) complete enough to tell the process */
export function parsePostmasterPid(text: string): ServerStatus | null {
  // Lines: pid, folder, start time, port, socket folder, address, shared memory, status.
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3] ?? 0), ready: lines[7] === 'ready' };
}

/** The state of the server on this folder; null without `postmaster.pid`. */
export function serverStatus(dataDir: string): ServerStatus | null {
  try {
    return parsePostmasterPid(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8'));
  } catch {
    return null;
  }
}

const LEFTOVER_TIMEOUT_MS = 20_000;

/**
 * Ends the server of an earlier start whose launcher was killed. A file without its process needs nothing: PostgreSQL
 * itself recognises that. A process with that id that is no PostgreSQL is left alone: the id was given to somebody else.
 */
export async function endLeftover(dataDir: string): Promise<void> {
  const status = serverStatus(dataDir);
  if (status === null || !isPostgres(status.pid)) return;
  signalProcess(status.pid, 'SIGINT');
  const deadline = Date.now() + LEFTOVER_TIMEOUT_MS;
  while (signalProcess(status.pid, 0)) {
    if (Date.now() > deadline) {
      throw new Error(
        `Another PostgreSQL (process ${status.pid}) uses ${dataDir} and does not stop: end it first.`,
      );
    }
    await delay(50);
  }
}

function isPostgres(pid: number): boolean {
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(
      'postgres',
    );
  } catch {
    return false;
  }
}
