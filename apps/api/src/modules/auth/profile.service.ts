import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { Clock, type Actor } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { UsersService } from '../users/users.service';
import type { ChangePasswordDto, UpdateMeDto } from './auth.dto';
import { currentPasswordWrong } from './auth.errors';
import { PasswordService } from './password.service';
import { SessionsService } from './sessions.service';

/** What a signed-in person changes about the own account. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly users: UsersService,
    private readonly passwords: PasswordService,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async rename(actor: Actor, { name }: UpdateMeDto): Promise<void> {
    await this.transactions.run(async () => {
      await this.users.rename(actor, name);
      await this.audit.record(actor, {
        action: 'account.updated',
        objectType: 'user',
        objectId: actor.userId,
        changes: { name },
      });
    });
  }

  /** Needs the current password; ends every other session (R06). */
  async changePassword(actor: Actor, { currentPassword, newPassword }: ChangePasswordDto): Promise<void> {
    const credentials = await this.users.getCredentials(actor);
    if (!(await this.passwords.confirm(actor, currentPassword, credentials.passwordHash))) {
      await this.audit.record(actor, {
        action: 'password.refused',
        objectType: 'user',
        objectId: actor.userId,
      });
      throw currentPasswordWrong();
    }
    const passwordHash = await this.passwords.hashNew(newPassword, credentials, '/newPassword');
    await this.transactions.run(async () => {
      await this.users.changePasswordHash(actor, passwordHash, this.clock.now());
      await this.sessions.endAll(actor, 'password changed', actor.sessionId);
      await this.audit.record(actor, {
        action: 'password.changed',
        objectType: 'user',
        objectId: actor.userId,
      });
    });
  }

  async endSession(actor: Actor, sessionId: string): Promise<void> {
    await this.transactions.run(async () => {
      await this.sessions.end(actor, sessionId, 'ended by its owner');
      await this.audit.record(actor, { action: 'session.ended', objectType: 'session', objectId: sessionId });
    });
  }

  async endCurrentSession(actor: Actor): Promise<void> {
    if (actor.sessionId !== undefined) await this.endSession(actor, actor.sessionId);
  }

  async endAllSessions(actor: Actor): Promise<void> {
    await this.transactions.run(async () => {
      await this.sessions.endAll(actor, 'ended by its owner');
      await this.audit.record(actor, {
        action: 'session.all_ended',
        objectType: 'user',
        objectId: actor.userId,
      });
    });
  }
}
