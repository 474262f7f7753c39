import { newId } from '@weir/kernel';
import type { TestDatabase } from '@weir/testing';

/** Whose rows: all of one person in one organization. */
export interface Owner {
  readonly organizationId: string;
  readonly userId: string;
}

export const newOwner = (organizationId = newId()): Owner => ({ organizationId, userId: newId() });

interface ColumnRow {
  readonly table_name: string;
  readonly column_name: string;
  readonly type: string;
}

const COLUMNS = `
  select c.relname as table_name, a.attname as column_name, format_type(a.atttypid, null) as type
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''`;

/**
 * Makes one row for every table of the schema out of the catalogue, so that a table which is added later is in the test
 * without anybody thinking of it. What a value means does not matter here; foreign keys, checks and triggers are lifted first.
 */
export class RowsOfEveryTable {
  private constructor(
    private readonly database: TestDatabase,
    private readonly columns: readonly ColumnRow[],
  ) {}

  static async prepare(database: TestDatabase): Promise<RowsOfEveryTable> {
    const constraints = await database.query<{ table_name: string; name: string }>(
      `select conrelid::regclass::text as table_name, conname as name from pg_constraint
       where contype in ('c', 'f') and connamespace = 'public'::regnamespace and conrelid <> 0`,
    );
    for (const { table_name: table, name } of constraints) {
      await database.query(`alter table ${table} drop constraint if exists "${name}"`);
    }
    const triggers = await database.query<{ table_name: string }>(
      `select distinct tgrelid::regclass::text as table_name from pg_trigger
       where not tgisinternal and tgrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)`,
    );
    for (const { table_name: table } of triggers)
      await database.query(`alter table ${table} disable trigger user`);
    return new RowsOfEveryTable(database, await database.query<ColumnRow>(COLUMNS));
  }

  /** A row that belongs to `owner`, in the form that `jsonb_populate_record` takes. */
  make(table: string, owner: Owner): Record<string, unknown> {
    const columns = this.columns.filter(({ table_name }) => table_name === table);
    return Object.fromEntries(columns.map((column) => [column.column_name, valueFor(column, table, owner)]));
  }

  /** Writes it past every policy. */
  async plant(table: string, owner: Owner): Promise<Record<string, unknown>> {
    const row = this.make(table, owner);
    await this.database.query(this.insertStatement(table), [JSON.stringify(row)]);
    return row;
  }

  /** Takes the row as its only parameter. */
  insertStatement(table: string): string {
    const names = this.columns
      .filter(({ table_name }) => table_name === table)
      .map(({ column_name }) => column_name);
    const columns = names.join(', ');
    return `insert into ${table} (${columns}) select ${columns} from jsonb_populate_record(null::${table}, $1::jsonb)`;
  }
}

function valueFor({ column_name: name, type }: ColumnRow, table: string, owner: Owner): unknown {
  if (name === 'organization_id' || (table === 'organizations' && name === 'id')) return owner.organizationId;
  if (name === 'user_id' || (table === 'users' && name === 'id')) return owner.userId;
  return valueOfType(type, name);
}

function valueOfType(type: string, name: string): unknown {
  switch (type) {
    case 'uuid':
      return newId();
    case 'boolean':
      return false;
    case 'integer':
    case 'bigint':
      return 1;
    case 'bytea':
      return `\\x${newId()
        .replaceAll('-', '')
        .slice(0, name === 'nonce' ? 24 : 32)}`;
    case 'json':
    case 'jsonb':
      return {};
    case 'text[]':
    case 'uuid[]':
      return [];
    case 'timestamp with time zone':
      return '2026-01-01T00:00:00Z';
    case 'text':
    case 'character varying':
      return newId();
    default:
      throw new Error(`Say here how to make a value of type '${type}'.`);
  }
}
