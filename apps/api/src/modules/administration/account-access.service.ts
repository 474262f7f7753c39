import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { Clock, runAs, type Actor } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { SessionsService } from '../auth/sessions.service';
import { UsersService } from '../users/users.service';
import { AccountsAdministrationRepository, type AccountRow } from './accounts-administration.repository';

/**
 * Who may sign in, decided by the operator. Each change is made as the person, by the `system`, inside both walls, and is
 * audited in the person's own organization.
 */
@Injectable()
export class AccountAccessService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly repository: AccountsAdministrationRepository,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Replaces the password and ends every session of the person, in every organization (F32).
   * @returns how many sessions were alive until now
   */
  async resetPassword(account: AccountRow, passwordHash: string): Promise<number> {
    return this.change(account, 'password.reset', async (actor, now) => {
      await this.users.changePasswordHash(actor, passwordHash, now);
      return this.sessions.endAll(actor, 'password reset by the operator');
    });
  }

  /** Ends sign-in and every session; deletes nothing. @returns false when it was disabled already */
  async disable(account: AccountRow): Promise<boolean> {
    if (account.disabledAt !== null) return false;
    await this.change(account, 'account.disabled', async (actor, now) => {
      await this.repository.setDisabledAt(actor, now);
      return this.sessions.endAll(actor, 'account disabled by the operator');
    });
    return true;
  }

  /** Sign-in works again; ended sessions stay ended. @returns false when it was not disabled */
  async enable(account: AccountRow): Promise<boolean> {
    if (account.disabledAt === null) return false;
    await this.change(account, 'account.enabled', async (actor) => {
      await this.repository.setDisabledAt(actor, null);
      return 0;
    });
    return true;
  }

  /** @param work returns how many sessions it ended */
  private change(
    { userId, organizationId }: AccountRow,
    action: string,
    work: (actor: Actor, now: Date) => Promise<number>,
  ): Promise<number> {
    const actor: Actor = { userId, organizationId, role: 'owner', via: 'system' };
    return runAs(actor, () =>
      this.transactions.run(async () => {
        const endedSessions = await work(actor, this.clock.now());
        await this.audit.record(actor, {
          action,
          objectType: 'user',
          objectId: userId,
          changes: { endedSessions },
        });
        return endedSessions;
      }),
    );
  }
}
