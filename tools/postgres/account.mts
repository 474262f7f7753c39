import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The operating system's user that runs PostgreSQL in place of root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

/**
 * PostgreSQL refuses to run as root. As root it gets the user `postgres`, which is made when there is none.
 * @returns null when we are an ordinary user: the server then runs as ourselves
 */
export function postgresAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const account = lookUp();
  if (account !== null) return account;
  try {
    execFileSync('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      NAME,
    ]);
  } catch (error) {
    throw new Error(
      'PostgreSQL does not run as root, and the user "postgres" could not be made. ' +
        'Start Weir as an ordinary user, or set DATABASE_URL to a PostgreSQL that runs elsewhere.',
      { cause: error },
    );
  }
  const made = lookUp();
  if (made === null) throw new Error('The user "postgres" was made but cannot be found.');
  return made;
}

/** Whether the account may pass through every folder on the way to `path`, the last one included. */
export function canEnter(path: string, account: Account): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat !== undefined && !mayPass(stat, account)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function mayPass(stat: { uid: number; gid: number; mode: number }, account: Account): boolean {
  if (stat.uid === account.uid) return (stat.mode & 0o100) !== 0;
  if (stat.gid === account.gid) return (stat.mode & 0o010) !== 0;
  return (stat.mode & 0o001) !== 0;
}

function lookUp(): Account | null {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, NAME], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}
