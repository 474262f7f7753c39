import { Injectable } from '@nestjs/common';
import { newId, notFound, type Actor } from '@weir/kernel';
import { OrganizationsRepository, type OrganizationRow } from './organizations.repository';

@Injectable()
export class OrganizationsService {
  constructor(private readonly organizations: OrganizationsRepository) {}

  /** Every person's own organization, with that person as its owner. Part of the sign-up transaction. */
  async createPersonal(actor: Actor, personName: string): Promise<OrganizationRow> {
    const organization = { id: actor.organizationId, kind: 'personal', name: personName };
    await this.organizations.insert(actor, organization);
    await this.organizations.insertMembership(actor, { id: newId(), role: 'owner' });
    return organization;
  }

  async getActive(actor: Actor): Promise<OrganizationRow> {
    const organization = await this.organizations.findActive(actor);
    if (organization === null) throw notFound('organization', actor.organizationId);
    return organization;
  }

  /** Hides the organization at once; background work removes its engine copies and then every row. */
  async markDeleted(actor: Actor, at: Date): Promise<void> {
    await this.organizations.markDeleted(actor, at);
  }
}
