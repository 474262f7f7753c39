import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';

export interface ExaminedOrganization {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly slug: string | null;
  readonly suspendedReason: string | null;
  readonly suspendedAt: Date | null;
  readonly createdAt: Date;
  readonly members: number;
  /** Their addresses. */
  readonly owners: readonly string[];
}

/** One organization as the operator sees it, through the function made for it. */
@Injectable()
export class OrganizationsAdministrationRepository {
  constructor(private readonly database: Database) {}

  async find(by: { readonly id: string } | { readonly slug: string }): Promise<ExaminedOrganization | null> {
    const [id, slug] = 'id' in by ? [by.id, null] : [null, by.slug];
    const rows = await this.database.query<ExaminedOrganization>`
      select id, kind, name, slug, suspended_reason as "suspendedReason", suspended_at as "suspendedAt",
        created_at as "createdAt", members, owners
      from examine_organization(${id}::uuid, ${slug}::text)`;
    return rows[0] ?? null;
  }
}
