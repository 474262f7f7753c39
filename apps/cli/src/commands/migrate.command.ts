import { existsSync } from 'node:fs';
import { migrate, readMigrations } from '@weir/database';
import { EXIT, UsageError, type ExitCode } from '../exit-codes';
import { findMigrations } from '../find-migrations';
import type { Output } from '../output';

export interface MigrateOptions {
  /** Address of the database as the owner of its tables. */
  readonly url: string;
  /** Folder of the migrations; default: the one of this installation. */
  readonly migrations?: string | undefined;
}

/** `weir migrate`: applies the migrations that the database does not have yet. */
export async function migrateDatabase(output: Output, options: MigrateOptions): Promise<ExitCode> {
  const folder = options.migrations ?? findMigrations();
  if (!existsSync(folder)) throw new UsageError(`There is no folder '${folder}'`);
  const { applied, alreadyThere } = await migrate(options.url, readMigrations(folder));
  const summary =
    applied.length === 0
      ? `The database is up to date (${alreadyThere} migrations).`
      : `Applied ${applied.length} of ${applied.length + alreadyThere} migrations.`;
  output.result({ applied: [...applied], alreadyThere }, [
    ...applied.map((name) => `Applied ${name}`),
    summary,
  ]);
  return EXIT.ok;
}
