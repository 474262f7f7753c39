import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { Clock, newId, runAs, type Actor } from '@weir/kernel';
import { AccountService } from '../auth/account.service';
import { AccountSteps } from '../auth/account-steps';
import type { SignedIn } from '../auth/auth.service';
import { OrganizationEntry } from '../auth/organization-entry.service';
import { invitationNotFound } from './invitations.errors';
import { InvitationsRepository } from './invitations.repository';

/** The transactions of an acceptance: one is one actor's, and a new person acts in two organizations. */
@Injectable()
export class AcceptanceWork {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly invitations: InvitationsRepository,
    private readonly accounts: AccountService,
    private readonly steps: AccountSteps,
    private readonly entry: OrganizationEntry,
    private readonly clock: Clock,
  ) {}

  /** The account and the membership exist together or not at all: nobody gets in by an invitation that was withdrawn. */
  async register(
    owner: Actor,
    account: { readonly email: string; readonly name: string; readonly passwordHash: string },
    tokenHash: Buffer,
  ): Promise<void> {
    await runAs(owner, () =>
      this.transactions.run(async () => {
        await this.accounts.create(owner, account);
        await this.use(owner, tokenHash);
      }),
    );
  }

  join(guest: Actor, tokenHash: Buffer): Promise<SignedIn> {
    return runAs(guest, () =>
      this.transactions.run(async () => {
        await this.use(guest, tokenHash);
        return this.begin(guest);
      }),
    );
  }

  enter(guest: Actor): Promise<SignedIn> {
    return runAs(guest, () => this.transactions.run(() => this.begin(guest)));
  }

  private async use(actor: Actor, tokenHash: Buffer): Promise<void> {
    const accepted = await this.invitations.accept(actor, tokenHash, newId(), this.clock.now());
    if (!accepted) throw invitationNotFound();
  }

  private async begin(guest: Actor): Promise<SignedIn> {
    await this.steps.runSignUp(guest);
    return this.entry.start(guest, 'invitation.accepted');
  }
}
