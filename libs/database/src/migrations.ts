import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export interface MigrationReport {
  readonly applied: readonly string[];
  readonly alreadyThere: number;
}

/** Any number that nothing else locks; two processes that migrate at once wait for each other on it. */
const LOCK_ID = 5_317_902;

// The layout of Prisma Migrate's own table, so that its tools keep working on this database.
const HISTORY_TABLE = `create table if not exists _prisma_migrations (
  id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
  logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count int not null default 0)`;

/** Reads `<folder>/<name>/migration.sql`, in the order of the names. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/**
 * Applies what is missing, each migration together with its record in one transaction, under an advisory lock: twice is
 * no change, two at once is one waiting. Runs as the owner of the tables. docs/adr/0002 says why this is not Prisma's engine.
 * @param url connection string of the owner role
 * @throws Error when an applied migration was edited afterwards, naming it; nothing is applied then
 */
export async function migrate(url: string, migrations: readonly Migration[]): Promise<MigrationReport> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'weir migrate',
  });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK_ID]);
    await client.query("set client_min_messages = 'warning'");
    await client.query(HISTORY_TABLE);
    const history = await appliedChecksums(client);
    refuseEdited(migrations, history);
    const missing = migrations.filter(({ name }) => !history.has(name));
    for (const migration of missing) await applyOne(client, migration);
    return { applied: missing.map(({ name }) => name), alreadyThere: history.size };
  } finally {
    await client.end();
  }
}

async function appliedChecksums(client: pg.Client): Promise<Map<string, string>> {
  const result = await client.query<{ migration_name: string; checksum: string }>(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  return new Map(result.rows.map((row) => [row.migration_name, row.checksum]));
}

function refuseEdited(migrations: readonly Migration[], history: ReadonlyMap<string, string>): void {
  for (const { name, checksum } of migrations) {
    const recorded = history.get(name);
    if (recorded !== undefined && recorded !== checksum) {
      throw new Error(
        `Migration '${name}' was edited after it was applied. Restore the file and add a new migration instead.`,
      );
    }
  }
}

async function applyOne(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) values ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`Migration '${name}' failed and was rolled back`, { cause: error });
  }
}
