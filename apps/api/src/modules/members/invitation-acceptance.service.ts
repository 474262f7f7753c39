import { Injectable } from '@nestjs/common';
import { Clock, invalidInput, newId, runAsSystem, type Actor, type FieldError } from '@weir/kernel';
import { AccountService } from '../auth/account.service';
import { organizationSuspended } from '../auth/auth.errors';
import type { SignedIn } from '../auth/auth.service';
import { PasswordService } from '../auth/password.service';
import { AcceptanceWork } from './acceptance-work.service';
import { invitationExpired, invitationForOther, invitationNotFound, signInFirst } from './invitations.errors';
import { InvitationsRepository, type FoundInvitation } from './invitations.repository';
import { hashOfInvitation } from './invitations.service';

export interface Acceptance {
  readonly token: string;
  readonly name?: string | undefined;
  readonly password?: string | undefined;
}

/** The other side of an invitation: whoever holds the link becomes a member, with an account made on the way if need be. */
@Injectable()
export class InvitationAcceptance {
  constructor(
    private readonly work: AcceptanceWork,
    private readonly invitations: InvitationsRepository,
    private readonly accounts: AccountService,
    private readonly passwords: PasswordService,
    private readonly clock: Clock,
  ) {}

  /** @param actor null without a login */
  async accept(actor: Actor | null, input: Acceptance): Promise<SignedIn> {
    const tokenHash = hashOfInvitation(input.token);
    const invitation = await this.getUsable(tokenHash);
    return actor === null
      ? this.asNewPerson(invitation, tokenHash, input)
      : this.asMyself(actor, invitation, tokenHash);
  }

  private async getUsable(tokenHash: Buffer): Promise<FoundInvitation> {
    const invitation = await runAsSystem(() => this.invitations.findByToken(tokenHash));
    if (invitation === null || invitation.over) throw invitationNotFound();
    if (invitation.expiresAt <= this.clock.now()) throw invitationExpired();
    if (invitation.suspendedReason !== null) throw organizationSuspended(invitation.suspendedReason);
    return invitation;
  }

  private async asMyself(actor: Actor, invitation: FoundInvitation, tokenHash: Buffer): Promise<SignedIn> {
    const { user } = await this.accounts.get(actor);
    if (user.email !== invitation.email) throw invitationForOther();
    return this.work.join(guestOf(actor.userId, invitation), tokenHash);
  }

  private async asNewPerson(
    invitation: FoundInvitation,
    tokenHash: Buffer,
    { name, password }: Acceptance,
  ): Promise<SignedIn> {
    if (invitation.accountExists) throw signInFirst();
    this.accounts.requireInvitedSignUp();
    if (name === undefined || password === undefined) throw accountDataMissing(name, password);
    const { email } = invitation;
    const passwordHash = await this.passwords.hashNew(password, { email, name }, '/password');
    const userId = newId();
    const owner: Actor = { userId, organizationId: newId(), role: 'owner', via: 'session' };
    await this.work.register(owner, { email, name, passwordHash }, tokenHash);
    return this.work.enter(guestOf(userId, invitation));
  }
}

function guestOf(userId: string, { organizationId, role }: FoundInvitation): Actor {
  return { userId, organizationId, role, via: 'session' };
}

function accountDataMissing(name: string | undefined, password: string | undefined): Error {
  const errors: FieldError[] = [
    ...(name === undefined ? [{ pointer: '/name', detail: 'is needed for a new account' }] : []),
    ...(password === undefined ? [{ pointer: '/password', detail: 'is needed for a new account' }] : []),
  ];
  return invalidInput('The invited address has no account yet. Say a name and a password for it.', errors);
}
