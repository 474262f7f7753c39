import { join } from 'node:path';
import { BUILT } from '../build/build.mts';
import { runCommand } from '../process/run-command.mts';
import type { Databases } from './database.mts';
import type { Progress } from './progress.mts';

/** Brings the database up to date and sees to its first administrator; both are safe to repeat. */
export async function migrateAndSeed(
  projectDir: string,
  env: NodeJS.ProcessEnv,
  databases: Databases,
  progress: Progress,
): Promise<void> {
  const { migrationUrl } = databases;
  if (migrationUrl === undefined) {
    progress.step(
      'database',
      'migrations are not run: DATABASE_URL is set and MIGRATION_DATABASE_URL is not',
    );
  } else {
    const lines = await weir(projectDir, 'migrate', { ...env, MIGRATION_DATABASE_URL: migrationUrl });
    progress.step('database', lines.at(-1) ?? 'migrated');
  }
  // Its output may hold the administrator's password, once: it goes to the terminal and nowhere else.
  const lines = await weir(projectDir, 'seed', env);
  for (const line of lines) progress.step('seed', line);
}

function weir(projectDir: string, command: string, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  return runCommand(process.execPath, [join(projectDir, BUILT.cli), command], { cwd: projectDir, env });
}
