import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../process/run-command.mts';
import { transpileApp } from './transpile.mts';

/** What the build makes, relative to the project. */
export const BUILT = {
  api: 'dist/apps/api/apps/api/src/main.js',
  cli: 'dist/apps/cli/apps/cli/src/main.js',
} as const;

/**
 * How Node keeps the memory of an API process. Left alone it takes what the machine has before it collects: half a gigabyte
 * after an hour of work of which 60 MB are in use. Megabytes; the second is a limit, with room for several flows of 10 MB at
 * the same moment. docker/Dockerfile says the same (a test compares).
 */
export const API_NODE_FLAGS = ['--max-semi-space-size=2', '--max-old-space-size=448'] as const;
/** glibc keeps a heap for each thread, which fragment; two are enough for a process that computes on one. */
export const API_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' } as const;

const STAMP = 'dist/built-from.txt';
const GENERATED = 'libs/database/src/generated';
const INPUTS = [
  'apps/{api,cli}/**/*',
  'libs/*/src/**/*',
  'prisma/schema.prisma',
  'package-lock.json',
  'tools/build/*.mts',
];

/**
 * Builds API and CLI unless they were built from exactly these sources. The result has the places and the form of
 * `npm run build`, in two seconds instead of half a minute: types are not checked here, `npm test` does that.
 * @returns whether something was built
 */
export async function ensureBuilt(projectDir: string, onStep: (text: string) => void): Promise<boolean> {
  const stamp = join(projectDir, STAMP);
  const inputs = hashInputs(projectDir);
  const outputs = [...Object.values(BUILT), GENERATED].every((file) => existsSync(join(projectDir, file)));
  if (outputs && existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === inputs) return false;
  onStep('building the API and the command line');
  await generateClient(projectDir);
  for (const app of Object.keys(BUILT)) transpileApp(projectDir, app);
  for (const file of Object.values(BUILT)) {
    if (!existsSync(join(projectDir, file))) throw new Error(`The build did not make ${file}.`);
  }
  writeFileSync(stamp, `${inputs}\n`);
  return true;
}

/** Generates the typed database client. */
export async function generateClient(projectDir: string): Promise<void> {
  // Any executable will do: the generator only asks whether there is one, and would otherwise download an engine that
  // nothing here uses.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  const args = ['generate', '--schema', 'prisma/schema.prisma'];
  await runCommand(bin(projectDir, 'prisma'), args, { cwd: projectDir, env });
}

/** A fingerprint of everything that the build reads: names and contents. */
function hashInputs(projectDir: string): string {
  const files = globSync(INPUTS, { cwd: projectDir, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${GENERATED}/`) && !/\.(e2e-|int-)?spec\.ts$/.test(file));
  const hash = createHash('sha256');
  for (const file of [...new Set(files)].toSorted()) {
    const content = createHash('sha256').update(readFileSync(file)).digest('hex');
    hash.update(`${file.slice(projectDir.length)} ${content}\n`);
  }
  return hash.digest('hex');
}

function bin(projectDir: string, name: string): string {
  return join(projectDir, 'node_modules/.bin', name);
}
