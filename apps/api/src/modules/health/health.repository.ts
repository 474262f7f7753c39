import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';

/** Questions about the database itself; asked without a person. */
@Injectable()
export class HealthRepository {
  constructor(private readonly database: Database) {}

  /** Names of the migrations that the database has. */
  async listAppliedMigrations(): Promise<string[]> {
    const rows = await this.database.query<{ name: string }>`
      select migration_name as name from _prisma_migrations where finished_at is not null and rolled_back_at is null`;
    return rows.map(({ name }) => name);
  }
}
