import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../process/run-command.mts';
import type { Account } from './account.mts';
import type { PostgresBinaries } from './binaries.mts';

export interface ClusterOptions {
  readonly dataDir: string;
  readonly binaries: PostgresBinaries;
  readonly account: Account | null;
  readonly superuserPassword: string;
  readonly durable: boolean;
}

/** Whether the folder holds a complete cluster. */
export function isInitialised(dataDir: string): boolean {
  return existsSync(join(dataDir, 'PG_VERSION'));
}

/**
 * Makes a cluster whose order of texts is the same on every platform (builtin C.UTF-8) and that asks everybody for a
 * password. Works beside the target and renames, so that an interruption never leaves half a cluster in place.
 */
export async function initialiseCluster(options: ClusterOptions): Promise<void> {
  const partial = `${options.dataDir}.partial`;
  const passwordFile = `${options.dataDir}.password`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  writeFileSync(passwordFile, `${options.superuserPassword}\n`, { mode: 0o600 });
  try {
    if (options.account !== null) {
      chownSync(partial, options.account.uid, options.account.gid);
      chownSync(passwordFile, options.account.uid, options.account.gid);
    }
    await runInitdb(options, partial, passwordFile);
    renameSync(partial, options.dataDir);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(partial, { recursive: true, force: true });
  }
}

async function runInitdb(options: ClusterOptions, folder: string, passwordFile: string): Promise<void> {
  const flags = [
    `--pgdata=${folder}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    ...(options.durable ? [] : ['--no-sync']),
  ];
  await runCommand(options.binaries.initdb, flags, {
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
    ...options.account,
  });
}
