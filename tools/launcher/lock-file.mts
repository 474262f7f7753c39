import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { signalProcess } from '../process/child.mts';
import { errorCode } from '../process/error-code.mts';

/** Another launcher uses the same data folder. */
export class AlreadyRunningError extends Error {
  constructor(pid: number, lockFile: string) {
    super(
      `Weir already runs on this data folder (process ${pid}). Stop it first, or choose another folder: ` +
        `WEIR_DATA_DIR=… npm start. If no such process is Weir, remove ${lockFile}`,
    );
    this.name = 'AlreadyRunningError';
  }
}

/**
 * Takes the data folder for this process; a file whose process has gone is replaced.
 * @returns gives it back
 * @throws AlreadyRunningError
 */
export function acquireLock(lockFile: string): () => void {
  const own = `${lockFile}.${process.pid}`;
  writeFileSync(own, `${process.pid}\n`, { mode: 0o600 });
  try {
    linkOrReplace(own, lockFile);
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(lockFile, { force: true });
}

/** A link is made by one process only, and with its content: there is never a half-written lock to read. */
function linkOrReplace(own: string, lockFile: string): void {
  try {
    linkSync(own, lockFile);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    const holder = Number(readFileSync(lockFile, 'utf8'));
    const lives =
      Number.isInteger(holder) && holder > 0 && holder !== process.pid && signalProcess(holder, 0);
    if (lives) throw new AlreadyRunningError(holder, lockFile);
    rmSync(lockFile, { force: true });
    linkSync(own, lockFile);
  }
}
