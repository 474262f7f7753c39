import { statfs } from 'node:fs/promises';
import { failed, ok, warning, type Check, type Verdict } from './verdict';

const NEEDED_MAJOR = 20;
const TESTED_MAJOR = 24;
const NEEDED_BYTES = 1024 ** 3;

/** @param folder where this process may write: the data folder, or the one for temporary files */
export function machineChecks(folder: string): Check[] {
  return [
    { name: 'node', examine: () => judgeNode(process.versions.node) },
    { name: 'disk', examine: () => judgeDisk(folder) },
  ];
}

/** @param version such as `24.21.0` */
export function judgeNode(version: string): Verdict {
  const major = Number.parseInt(version, 10);
  const fix = `Use Node.js ${TESTED_MAJOR}.`;
  if (!(major >= NEEDED_MAJOR)) return failed(`Node.js ${version} is too old.`, fix);
  return major < TESTED_MAJOR
    ? warning(`Node.js ${version} is older than the one that Weir is tested with.`, fix)
    : ok(`Node.js ${version}.`);
}

export async function judgeDisk(folder: string, neededBytes = NEEDED_BYTES): Promise<Verdict> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  return free < neededBytes
    ? failed(
        `${inGigabytes(free)} are free in '${folder}', less than ${inGigabytes(neededBytes)}.`,
        'Free some space, or name another folder with --data-dir.',
      )
    : ok(`${inGigabytes(free)} are free in '${folder}'.`);
}

function inGigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
