import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import type { Actor } from '@weir/kernel';
import { AccountService } from './account.service';
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
    private readonly accounts: AccountService,
    private readonly sessions: SessionsService,
    private readonly steps: AccountSteps,
  ) {}

  async deleteAccount(actor: Actor): Promise<void> {
    await this.transactions.run(async () => {
      await this.accounts.close(actor);
      await this.steps.runDeletion(actor);
      await this.sessions.endAll(actor, 'account deleted');
    });
  }
}
