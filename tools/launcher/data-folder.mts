import { chmodSync, mkdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { canEnter, postgresAccount } from '../postgres/account.mts';
import { SHARED_FOLDER } from '../postgres/binaries.mts';

/** Everything that Weir keeps on this machine. */
export interface DataFolder {
  readonly root: string;
  readonly secrets: string;
  readonly logs: string;
  readonly engine: string;
  readonly engineHome: string;
  readonly engineState: string;
  readonly lock: string;
  readonly postgres: string;
}

/**
 * Makes the folders, closed to others.
 * As root the outer one can be passed through (0711), because PostgreSQL then runs as another user; when that user cannot
 * even reach it (a checkout in root's home), the database goes to a folder of its own under `/var/lib/weir`.
 */
export function openDataFolder(path: string): DataFolder {
  const root = resolve(path);
  const account = postgresAccount();
  mkdirSync(root, { recursive: true, mode: 0o700 });
  chmodSync(root, account === null ? 0o700 : 0o711);
  const folder = {
    root,
    secrets: join(root, 'secrets'),
    logs: join(root, 'logs'),
    engine: join(root, 'engine'),
    engineHome: join(root, 'engine-home'),
    engineState: join(root, 'engine-state.json'),
    lock: join(root, 'launcher.pid'),
    postgres:
      account === null || canEnter(root, account) ? join(root, 'postgres') : sharedPostgresFolder(root),
  };
  for (const inner of [folder.secrets, folder.logs, folder.engine, folder.engineHome]) {
    mkdirSync(inner, { recursive: true, mode: 0o700 });
    chmodSync(inner, 0o700);
  }
  return folder;
}

function sharedPostgresFolder(root: string): string {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const folder = join(SHARED_FOLDER, name);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  return join(folder, 'postgres');
}
