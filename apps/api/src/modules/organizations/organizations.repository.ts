import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor, Role } from '@weir/kernel';

export interface OrganizationRow {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
}

@Injectable()
export class OrganizationsRepository {
  constructor(private readonly database: Database) {}

  async insert(actor: Actor, organization: OrganizationRow): Promise<void> {
    await this.database.client.organization.create({ data: { ...organization, id: actor.organizationId } });
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

  async markDeleted(actor: Actor, at: Date): Promise<void> {
    await this.database.client.organization.updateMany({
      where: { id: actor.organizationId, deletedAt: null },
      data: { deletedAt: at },
    });
  }
}
