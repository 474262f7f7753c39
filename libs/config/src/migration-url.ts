import { ConfigError } from './config-error';
import { ENV } from './env-schema';
import { rawValue } from './read-env';

/**
 * The address of the database as its owner: all that `weir migrate` needs, so that the role that may change tables can run
 * where no other secret is.
 * @throws ConfigError when MIGRATION_DATABASE_URL is missing or not the address of a Postgres; it is never repeated
 */
export function loadMigrationUrl(source: Readonly<Record<string, string | undefined>> = process.env): string {
  const problems: string[] = [];
  const raw = rawValue(source, 'MIGRATION_DATABASE_URL', problems);
  if (raw === undefined && problems.length === 0) {
    problems.push(
      'MIGRATION_DATABASE_URL is missing: give the address of the database as the role that owns its tables',
    );
  }
  const parsed = ENV.MIGRATION_DATABASE_URL.schema.safeParse(raw);
  if (raw !== undefined && !parsed.success) problems.push('MIGRATION_DATABASE_URL: Invalid URL');
  if (problems.length > 0 || parsed.data === undefined) throw new ConfigError(problems);
  return parsed.data;
}
