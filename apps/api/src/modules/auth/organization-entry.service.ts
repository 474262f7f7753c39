import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { runAs, type Actor } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { OrganizationsService } from '../organizations/organizations.service';
import { AccountService } from './account.service';
import type { SignedIn } from './auth.service';
import { SessionsService } from './sessions.service';

/** How a signed-in person comes to act in another organization: a session of its own, because a token names one. */
@Injectable()
export class OrganizationEntry {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly organizations: OrganizationsService,
    private readonly accounts: AccountService,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * The same person as an actor of another organization, with the role there (F13).
   * @throws AppError 404 for everybody who is no member
   */
  async actorIn(actor: Actor, organizationId: string): Promise<Actor> {
    const { id, role } = await this.organizations.getOwn(actor, organizationId);
    return { userId: actor.userId, organizationId: id, role, via: actor.via };
  }

  /** The session that asks stays alive: both can be used side by side. */
  async switchTo(actor: Actor, organizationId: string): Promise<SignedIn> {
    const there = await this.actorIn(actor, organizationId);
    return runAs(there, () => this.transactions.run(() => this.start(there, 'session.switched')));
  }

  /** Starts a session for an actor who became a member just now. Call as that actor, inside the transaction. */
  async start(actor: Actor, action: 'session.switched' | 'invitation.accepted'): Promise<SignedIn> {
    const account = await this.accounts.get(actor);
    const tokens = await this.sessions.start(actor);
    await this.audit.record(actor, { action, objectType: 'user', objectId: actor.userId });
    return { ...account, tokens };
  }
}
