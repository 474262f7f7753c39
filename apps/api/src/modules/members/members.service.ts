import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import {
  Clock,
  decodeTimeCursor,
  notFound,
  toPage,
  type Actor,
  type Page,
  type PageRequest,
  type Role,
} from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { SessionsService } from '../auth/sessions.service';
import { lastOwner } from './members.errors';
import { requireMayChangeRole, requireMayRemove } from './members.policy';
import { MembersRepository, type MemberRow } from './members.repository';

/** Who is in an organization, and as what. */
@Injectable()
export class MembersService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly members: MembersRepository,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** In the order of joining. */
  async list(actor: Actor, { limit, cursor }: PageRequest): Promise<Page<MemberRow>> {
    const after = cursor === undefined ? null : decodeTimeCursor(cursor);
    const rows = await this.members.listPage(actor, after, limit + 1);
    return toPage(rows, limit, ({ joinedAt, id }) => ({ sort: joinedAt.toISOString(), id }));
  }

  async get(actor: Actor, userId: string): Promise<MemberRow> {
    const member = await this.members.findByUser(actor, userId);
    if (member === null) throw notFound('member', userId);
    return member;
  }

  async changeRole(actor: Actor, userId: string, role: Role): Promise<MemberRow> {
    const changed = await this.transactions.run(async () => {
      const { me, member } = await this.lockedPair(actor, userId);
      // Told first: the only owner is refused as such, whoever asks (F27).
      if (role !== 'owner') await this.requireAnotherOwner(actor, member);
      requireMayChangeRole(me, member, role);
      if (!(await this.members.updateRole(actor, userId, role))) throw notFound('member', userId);
      await this.audit.record(actor, {
        action: 'member.role_changed',
        objectType: 'user',
        objectId: userId,
        changes: { role: { from: member.role, to: role } },
      });
      return { ...member, role };
    });
    this.sessions.forgetStandings();
    return changed;
  }

  /** Ends the person's sessions here. What the person made stays, and is there again should the person be invited again. */
  async remove(actor: Actor, userId: string): Promise<void> {
    await this.transactions.run(async () => {
      const { me, member } = await this.lockedPair(actor, userId);
      await this.requireAnotherOwner(actor, member);
      requireMayRemove(me, member);
      if (!(await this.members.markRemoved(actor, userId, this.clock.now()))) {
        throw notFound('member', userId);
      }
      await this.sessions.endInOrganization(actor, userId, 'removed from the organization');
      await this.audit.record(actor, {
        action: userId === actor.userId ? 'member.left' : 'member.removed',
        objectType: 'user',
        objectId: userId,
        changes: { role: member.role },
      });
    });
    // Again behind the commit: a request in between may have asked what was still true then.
    this.sessions.forgetStandings();
  }

  /** Read behind the lock: the role that the request came with may have been taken back a moment ago. */
  private async lockedPair(
    actor: Actor,
    userId: string,
  ): Promise<{ readonly me: MemberRow; readonly member: MemberRow }> {
    await this.members.lock(actor);
    const me = await this.get(actor, actor.userId);
    return { me, member: userId === actor.userId ? me : await this.get(actor, userId) };
  }

  private async requireAnotherOwner(actor: Actor, member: MemberRow): Promise<void> {
    if (member.role === 'owner' && (await this.members.countOwners(actor)) < 2) throw lastOwner();
  }
}
