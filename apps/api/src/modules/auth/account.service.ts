import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import { Clock, runAs, type Actor } from '@weir/kernel';
import { AuditService, type AuditEntry } from '../audit/audit.service';
import type { OrganizationRow } from '../organizations/organizations.repository';
import { OrganizationsService } from '../organizations/organizations.service';
import type { UserRow } from '../users/users.repository';
import { UsersService } from '../users/users.service';
import { AccountSteps } from './account-steps';
import { personalOrganizationRequired, signupClosed, stillMember } from './auth.errors';
import type { LoginRow, Rotation } from './sessions.repository';

export interface Account {
  readonly user: UserRow;
  readonly organization: OrganizationRow;
}

/** A person's account with the organization that it acts in. */
@Injectable()
export class AccountService {
  constructor(
    private readonly users: UsersService,
    private readonly organizations: OrganizationsService,
    private readonly steps: AccountSteps,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: AppConfig,
  ) {}

  requireOpenSignUp(): void {
    if (this.config.signup !== 'open') throw signupClosed(this.config.signup);
  }

  /** An invitation opens the door also where nobody can sign up without one. */
  requireInvitedSignUp(): void {
    if (this.config.signup === 'closed') throw signupClosed('closed');
  }

  /** User, personal organization, membership and what other features add. Call inside a transaction. */
  async create(
    actor: Actor,
    input: { readonly email: string; readonly name: string; readonly passwordHash: string },
  ): Promise<Account> {
    const { email, name, passwordHash } = input;
    const user = await this.users.create(actor, { email, name, passwordHash });
    const organization = await this.organizations.createPersonal(actor, name);
    await this.steps.runSignUp(actor);
    await this.audit.record(actor, entry('account.registered', actor.userId));
    return { user, organization };
  }

  async get(actor: Actor): Promise<Account> {
    return {
      user: await this.users.getProfile(actor),
      organization: await this.organizations.getActive(actor),
    };
  }

  /**
   * Frees the address and hides the personal organization at once. Call inside a transaction.
   * @throws AppError 409 in a team organization, which belongs to others too, and for a member of one: what becomes of
   * the person's work there, and of a team whose only owner this is, has to be decided first
   */
  async close(actor: Actor): Promise<void> {
    const { kind } = await this.organizations.getActive(actor);
    if (kind !== 'personal') throw personalOrganizationRequired();
    const { data } = await this.organizations.listOwn(actor, { limit: 10 });
    const teams = data.filter(({ id }) => id !== actor.organizationId);
    if (teams.length > 0) throw stillMember(teams.map(({ name }) => name));
    const now = this.clock.now();
    await this.audit.record(actor, entry('account.deleted', actor.userId));
    await this.users.disable(actor, now);
    await this.organizations.markDeleted(actor, now);
  }

  async recordSignIn(actor: Actor): Promise<void> {
    await this.audit.record(actor, entry('session.started', actor.userId));
  }

  async recordFailedSignIn({ userId, organizationId }: LoginRow): Promise<void> {
    await this.recordAbout(userId, organizationId, 'session.refused');
  }

  /** Somebody holds a copy of a refresh token: the session is over, and its owner should be able to see why. */
  async recordTokenReuse({ userId, organizationId }: Rotation): Promise<void> {
    if (userId !== null && organizationId !== null)
      await this.recordAbout(userId, organizationId, 'session.token_reused');
  }

  private async recordAbout(userId: string, organizationId: string, action: string): Promise<void> {
    const actor: Actor = { userId, organizationId, role: 'viewer', via: 'system' };
    await runAs(actor, () => this.audit.record(actor, entry(action, userId)));
  }
}

function entry(action: string, userId: string): AuditEntry {
  return { action, objectType: 'user', objectId: userId };
}
