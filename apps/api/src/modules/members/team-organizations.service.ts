import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { newId, roleMay, runAs, type Actor, type Permission } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { AccountSteps } from '../auth/account-steps';
import { forbidden, organizationSuspended } from '../auth/auth.errors';
import { SessionsService } from '../auth/sessions.service';
import type { OwnOrganizationRow } from '../organizations/organizations.repository';
import { OrganizationsService } from '../organizations/organizations.service';
import { teamRequired } from './members.errors';

export interface OrganizationChange {
  readonly name?: string | undefined;
  readonly slug?: string | undefined;
}

/** Makes, renames and deletes organizations: what needs their sessions and audit trail as well as their rows. */
@Injectable()
export class TeamOrganizations {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly organizations: OrganizationsService,
    private readonly steps: AccountSteps,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
  ) {}

  /** The person becomes its owner, with a project to work in. */
  async create(
    actor: Actor,
    input: { readonly name: string; readonly slug: string },
  ): Promise<OwnOrganizationRow> {
    const owner: Actor = { userId: actor.userId, organizationId: newId(), role: 'owner', via: actor.via };
    return runAs(owner, () =>
      this.transactions.run(async () => {
        await this.organizations.createTeam(owner, input);
        await this.steps.runSignUp(owner);
        await this.audit.record(owner, {
          action: 'organization.created',
          objectType: 'organization',
          objectId: owner.organizationId,
          changes: { ...input },
        });
        return this.organizations.getOwn(owner, owner.organizationId);
      }),
    );
  }

  async change(actor: Actor, id: string, { name, slug }: OrganizationChange): Promise<OwnOrganizationRow> {
    const organization = await this.permitted(actor, id, 'organization:write');
    if (organization.suspendedReason !== null) throw organizationSuspended(organization.suspendedReason);
    if (slug !== undefined && organization.kind === 'personal') throw teamRequired();
    return this.within(actor, organization, async (member) => {
      if (name !== undefined) await this.organizations.rename(member, name);
      if (slug !== undefined) await this.organizations.changeSlug(member, slug);
      await this.audit.record(member, {
        action: 'organization.updated',
        objectType: 'organization',
        objectId: id,
        changes: { ...(name === undefined ? {} : { name }), ...(slug === undefined ? {} : { slug }) },
      });
      return this.organizations.getOwn(member, id);
    });
  }

  /** Gone for its members at once, with their sessions; the rows follow after the grace. @returns when they do */
  async delete(actor: Actor, id: string): Promise<Date> {
    const organization = await this.permitted(actor, id, 'organization:delete');
    if (organization.kind === 'personal') throw teamRequired();
    const purgeAfter = await this.within(actor, organization, async (owner) => {
      const end = await this.organizations.markDeletedWithGrace(owner);
      await this.sessions.endInOrganization(owner, null, 'organization deleted');
      await this.audit.record(owner, {
        action: 'organization.deleted',
        objectType: 'organization',
        objectId: id,
        changes: { purgeAfter: end.toISOString() },
      });
      return end;
    });
    this.sessions.forgetStandings();
    return purgeAfter;
  }

  /** The role that counts is the one in the organization that is named, not in the one that the token is for (F13). */
  private async permitted(actor: Actor, id: string, permission: Permission): Promise<OwnOrganizationRow> {
    const organization = await this.organizations.getOwn(actor, id);
    if (!roleMay(organization.role, permission)) throw forbidden(permission);
    return organization;
  }

  private within<T>(
    actor: Actor,
    { id, role }: OwnOrganizationRow,
    work: (member: Actor) => Promise<T>,
  ): Promise<T> {
    const member: Actor = { userId: actor.userId, organizationId: id, role, via: actor.via };
    return runAs(member, () => this.transactions.run(() => work(member)));
  }
}
