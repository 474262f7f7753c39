import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor, Role, TimePlace } from '@weir/kernel';

export interface OrganizationRow {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
}

/** An organization as one of its members sees it. */
export interface OwnOrganizationRow extends OrganizationRow {
  readonly slug: string | null;
  /** The operator's reason; null while it is not suspended. */
  readonly suspendedReason: string | null;
  readonly role: Role;
  readonly joinedAt: Date;
}

/** What crosses organizations calls the functions made for it, which are bound to the actor (design, section 3.4). */
@Injectable()
export class OrganizationsRepository {
  constructor(private readonly database: Database) {}

  async insert(actor: Actor, organization: OrganizationRow): Promise<void> {
    const { kind, name } = organization;
    await this.database.execute`
      insert into organizations (id, kind, name) values (${actor.organizationId}::uuid, ${kind}, ${name})`;
  }

  async insertMembership(
    actor: Actor,
    membership: { readonly id: string; readonly role: Role },
  ): Promise<void> {
    await this.database.client.membership.create({
      data: { ...membership, organizationId: actor.organizationId, userId: actor.userId },
    });
  }

  findActive(actor: Actor): Promise<OrganizationRow | null> {
    return this.database.client.organization.findFirst({
      where: { id: actor.organizationId, deletedAt: null },
      select: { id: true, kind: true, name: true },
    });
  }

  listOwn(_actor: Actor, after: TimePlace | null, take: number): Promise<OwnOrganizationRow[]> {
    return this.database.query<OwnOrganizationRow>`
      select id, kind, name, slug, suspended_reason as "suspendedReason", role, joined_at as "joinedAt"
      from list_own_organizations(${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid, ${take}::int)`;
  }

  async findOwn(
    _actor: Actor,
    by: { readonly id: string } | { readonly slug: string },
  ): Promise<OwnOrganizationRow | null> {
    const [id, slug] = 'id' in by ? [by.id, null] : [null, by.slug];
    const rows = await this.database.query<OwnOrganizationRow>`
      select id, kind, name, slug, suspended_reason as "suspendedReason", role, joined_at as "joinedAt"
      from find_own_organization(${id}::uuid, ${slug}::text)`;
    return rows[0] ?? null;
  }

  /** @returns false when another organization has the slug, or had it */
  async claimSlug(_actor: Actor, slug: string, at: Date): Promise<boolean> {
    const rows = await this.database.query<{ claimed: boolean }>`
      select claim_slug(${slug}::text, ${at}::timestamptz) as claimed`;
    return rows[0]?.claimed === true;
  }

  async updateName(actor: Actor, name: string): Promise<void> {
    await this.database.client.organization.updateMany({
      where: { id: actor.organizationId, deletedAt: null },
      data: { name },
    });
  }

  /** @param purgeAfter end of the grace; null: the rows may go at once */
  async markDeleted(actor: Actor, at: Date, purgeAfter: Date | null): Promise<number> {
    const result = await this.database.client.organization.updateMany({
      where: { id: actor.organizationId, deletedAt: null },
      data: { deletedAt: at, purgeAfter },
    });
    return result.count;
  }
}
