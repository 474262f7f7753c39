import pg from 'pg';

export interface RoleOptions {
  readonly superuserUrl: string;
  /** Name of Weir's database. */
  readonly database: string;
  readonly ownerPassword: string;
  readonly appPassword: string;
  /** Given: also the role `weir_engine` with its own database `langflow`. */
  readonly enginePassword?: string;
}

export const OWNER = 'weir_owner';
export const APP = 'weir_app';
export const ENGINE = 'weir_engine';
export const ENGINE_DATABASE = 'langflow';

const POWERLESS = 'LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION';

/**
 * Makes the roles and databases that Weir needs, or brings them to the given state: safe to repeat.
 *
 * `weir_owner` owns the tables and migrates, `weir_app` serves and owns nothing, `weir_engine` has a database of its own
 * and cannot connect to ours: a flow that talks its way to the engine's database finds no tenant there.
 */
export async function prepareRoles(options: RoleOptions): Promise<void> {
  const client = new pg.Client({ connectionString: options.superuserUrl });
  await client.connect();
  try {
    await client.query('REVOKE CONNECT, TEMPORARY ON DATABASE postgres FROM PUBLIC');
    await ensureRole(client, OWNER, options.ownerPassword);
    await ensureRole(client, APP, options.appPassword);
    await ensureDatabase(client, options.database, OWNER);
    await client.query(`GRANT CONNECT ON DATABASE ${client.escapeIdentifier(options.database)} TO ${APP}`);
    if (options.enginePassword !== undefined) {
      await ensureRole(client, ENGINE, options.enginePassword);
      await ensureDatabase(client, ENGINE_DATABASE, ENGINE);
    }
  } finally {
    await client.end();
  }
}

/** The address of another role and database on the same server. */
export function roleUrl(superuserUrl: string, role: string, password: string, database: string): string {
  const url = new URL(superuserUrl);
  url.username = role;
  url.password = encodeURIComponent(password);
  url.pathname = `/${database}`;
  return url.toString();
}

async function ensureRole(client: pg.Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${role} ${POWERLESS} PASSWORD ${client.escapeLiteral(password)}`);
}

async function ensureDatabase(client: pg.Client, database: string, owner: string): Promise<void> {
  const name = client.escapeIdentifier(database);
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${name} OWNER ${owner} TEMPLATE template0`);
  await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
}
