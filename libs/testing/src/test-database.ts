import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { execute, TEMPLATE, withUser } from './jest/template-database';

/** A database of one test file, cloned from the migrated template. */
export interface TestDatabase {
  readonly name: string;
  /** As weir_app: what the service uses. */
  readonly appUrl: string;
  /** As weir_owner: for looking at rows behind row-level security's back through {@link TestDatabase.query}. */
  readonly ownerUrl: string;
  /** Runs SQL as the superuser, who sees every row. For assertions and for planting rows. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

function superuserUrlOfRun(): string {
  const url = process.env['WEIR_TEST_POSTGRES'];
  if (url === undefined)
    throw new Error('No test Postgres: run this file through Jest and its project with globalSetup.');
  return url;
}

export async function createTestDatabase(
  options: { readonly template?: string } = {},
): Promise<TestDatabase> {
  const superuserUrl = superuserUrlOfRun();
  const name = `weir_test_${randomBytes(6).toString('hex')}`;
  await execute(
    superuserUrl,
    `create database ${name} template ${options.template ?? TEMPLATE} owner weir_owner`,
  );
  const inspector = new pg.Pool({
    connectionString: withUser(superuserUrl, 'postgres', 'postgres', name),
    max: 2,
  });
  inspector.on('error', () => undefined);
  return {
    name,
    appUrl: withUser(superuserUrl, 'weir_app', 'app', name),
    ownerUrl: withUser(superuserUrl, 'weir_owner', 'owner', name),
    query: async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) =>
      (await inspector.query<Row>(sql, values)).rows,
    drop: async () => {
      await inspector.end();
      await execute(superuserUrl, `drop database if exists ${name} with (force)`);
    },
  };
}
