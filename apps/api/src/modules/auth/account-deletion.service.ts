import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { Clock, type Actor } from '@weir/kernel';
import { OrganizationsService } from '../organizations/organizations.service';
import { UsersService } from '../users/users.service';
import { AccountSteps } from './account-steps';
import { SessionsService } from './sessions.service';

/**
 * Deletes a person's account and personal organization. At once: sign-in, sessions, secrets and their data keys. The rows
 * follow when background work has removed what the engine holds; an engine that is down delays that, and loses nothing.
 */
@Injectable()
export class AccountDeletionService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly users: UsersService,
    private readonly organizations: OrganizationsService,
    private readonly sessions: SessionsService,
    private readonly steps: AccountSteps,
    private readonly clock: Clock,
  ) {}

  async deleteAccount(actor: Actor): Promise<void> {
    await this.transactions.run(async () => {
      const now = this.clock.now();
      await this.steps.runDeletion(actor);
      await this.sessions.endAll(actor, 'account deleted');
      await this.users.disable(actor, now);
      await this.organizations.markDeleted(actor, now);
    });
  }
}
