/**
 * Run it after `npm install` changed `package-lock.json` on a machine whose registry has no packages for other platforms:
 *
 *   node tools/complete-package-lock.mts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { completeLock, type PackageLock } from './package-lock/complete.mts';

const file = resolve(process.argv[2] ?? resolve(import.meta.dirname, '../package-lock.json'));
const original: PackageLock = JSON.parse(readFileSync(file, 'utf8'));
const { lock, added } = completeLock(original);
if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(
  added.length === 0 ? 'The lock file is complete.' : `Added ${added.length} packages of other platforms.`,
);
