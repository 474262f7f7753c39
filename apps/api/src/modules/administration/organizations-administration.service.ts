import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { isUuid, newId, runAs, runAsSystem, type Actor } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { AccountSteps } from '../auth/account-steps';
import { OrganizationsService } from '../organizations/organizations.service';
import { AccountsAdministrationService } from './accounts-administration.service';
import { ownerDisabled, unknownOrganization } from './administration.errors';
import {
  OrganizationsAdministrationRepository,
  type ExaminedOrganization,
} from './organizations-administration.repository';

export interface NewOrganization {
  readonly name: string;
  readonly slug: string;
  /** Address of an account that exists. */
  readonly ownerEmail: string;
}

/** Looking up and making organizations for the operator; suspending them is in organizations. */
@Injectable()
export class OrganizationsAdministrationService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly repository: OrganizationsAdministrationRepository,
    private readonly organizations: OrganizationsService,
    private readonly accounts: AccountsAdministrationService,
    private readonly steps: AccountSteps,
    private readonly audit: AuditService,
  ) {}

  /** @throws AppError 404 when there is none of this slug or id, or it is deleted */
  async get(slugOrId: string): Promise<ExaminedOrganization> {
    const by = isUuid(slugOrId) ? { id: slugOrId } : { slug: slugOrId };
    const organization = await runAsSystem(() => this.repository.find(by));
    if (organization === null) throw unknownOrganization(slugOrId);
    return organization;
  }

  /**
   * A team organization with its owner and the owner's default project.
   * @throws AppError 404 for an unknown owner, 422 for a disabled one or a slug that cannot be one, 409 `slug_taken`
   */
  async add({ name, slug, ownerEmail }: NewOrganization): Promise<ExaminedOrganization> {
    const owner = await this.accounts.get(ownerEmail);
    if (owner.disabledAt !== null) throw ownerDisabled(ownerEmail);
    const actor: Actor = { userId: owner.userId, organizationId: newId(), role: 'owner', via: 'system' };
    await runAs(actor, () =>
      this.transactions.run(async () => {
        await this.organizations.createTeam(actor, { name, slug });
        await this.steps.runSignUp(actor);
        await this.audit.record(actor, {
          action: 'organization.created',
          objectType: 'organization',
          objectId: actor.organizationId,
          changes: { name, slug },
        });
      }),
    );
    return this.get(actor.organizationId);
  }
}
