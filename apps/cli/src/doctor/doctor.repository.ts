import type { Database } from '@weir/database';
import type { DataKeyCount } from '../../../api/src/modules/vault/data-key-owners.repository';

export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
}

/** What the doctor asks the database, as the role of the service and without a person. */
export class DoctorRepository {
  constructor(private readonly database: Database) {}

  async readTime(): Promise<Date> {
    const rows = await this.database.query<{ now: Date }>`select clock_timestamp() as now`;
    if (rows[0] === undefined) throw new Error('The database did not tell the time.');
    return rows[0].now;
  }

  async listMigrations(): Promise<AppliedMigration[]> {
    return await this.database.query<AppliedMigration>`
      select migration_name as name, checksum from _prisma_migrations
      where finished_at is not null and rolled_back_at is null order by 1`;
  }

  /** Null before the first start of an API. */
  async findSelfTest(): Promise<string | null> {
    const rows = await this.database.query<{ sealed: string }>`select sealed from key_ring_checks`;
    return rows[0]?.sealed ?? null;
  }

  async countDataKeys(): Promise<DataKeyCount[]> {
    return await this.database.query<DataKeyCount>`
      select master_key_version as "masterKeyVersion", data_keys::int as "dataKeys" from count_data_keys()`;
  }
}
