// Jest loads its global set-up without our aliases, hence the relative path into a lib.
import pg from 'pg';
import { migrate, readMigrations } from '../../../database/src/migrations';

export const TEMPLATE = 'weir_template';
/** Roles as in production, with passwords that only a server on loopback in a temporary folder ever sees. */
const ROLES = `
  create role weir_owner login nosuperuser nobypassrls password 'owner';
  create role weir_app login nosuperuser nobypassrls password 'app';`;

/** The same server and another role or database. */
export function withUser(url: string, user: string, password: string, database: string): string {
  const result = new URL(url);
  result.username = user;
  result.password = password;
  result.pathname = `/${database}`;
  return result.toString();
}

export async function execute(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Makes the roles and the migrated template database, once a server. */
export async function prepareTemplate(superuserUrl: string): Promise<void> {
  await execute(superuserUrl, ROLES, `create database ${TEMPLATE} owner weir_owner`);
  await execute(
    withUser(superuserUrl, 'postgres', 'postgres', TEMPLATE),
    'revoke create on schema public from public',
    'grant create, usage on schema public to weir_owner',
  );
  await migrate(withUser(superuserUrl, 'weir_owner', 'owner', TEMPLATE), readMigrations('prisma/migrations'));
}
