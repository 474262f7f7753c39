import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';

export interface OperatedOrganizationRow {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly slug: string | null;
  readonly suspendedReason: string | null;
  readonly createdAt: Date;
}

/** Organizations as the operator of the installation sees them: without an actor, through functions alone. */
@Injectable()
export class OrganizationOperationsRepository {
  constructor(private readonly database: Database) {}

  /** @param reason null lifts the suspension */
  async setSuspension(organizationId: string, reason: string | null, at: Date): Promise<boolean> {
    const rows = await this.database.query<{ found: boolean }>`
      select set_suspension(${organizationId}::uuid, ${reason}::text, ${at}::timestamptz) as found`;
    return rows[0]?.found === true;
  }

  async findBySlug(slug: string): Promise<OperatedOrganizationRow | null> {
    const rows = await this.database.query<OperatedOrganizationRow>`
      select id, kind, name, slug, suspended_reason as "suspendedReason", created_at as "createdAt"
      from find_organization_by_slug(${slug}::text)`;
    return rows[0] ?? null;
  }

  listPage(afterId: string, take: number): Promise<OperatedOrganizationRow[]> {
    return this.database.query<OperatedOrganizationRow>`
      select id, kind, name, slug, suspended_reason as "suspendedReason", created_at as "createdAt"
      from list_organizations(${afterId}::uuid, ${take}::int)`;
  }
}
