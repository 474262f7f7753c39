import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor, Role, TimePlace } from '@weir/kernel';

export interface MemberRow {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly joinedAt: Date;
}

/** Names and addresses come from functions: the accounts of others are behind row-level security. */
@Injectable()
export class MembersRepository {
  constructor(private readonly database: Database) {}

  listPage(_actor: Actor, after: TimePlace | null, take: number): Promise<MemberRow[]> {
    return this.database.query<MemberRow>`
      select id, user_id as "userId", name, email, role, created_at as "joinedAt"
      from list_members(${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid, ${take}::int)`;
  }

  async findByUser(_actor: Actor, userId: string): Promise<MemberRow | null> {
    const rows = await this.database.query<MemberRow>`
      select id, user_id as "userId", name, email, role, created_at as "joinedAt" from find_member(${userId}::uuid)`;
    return rows[0] ?? null;
  }

  /** Until the transaction ends nobody else changes who is in the organization: the last owner is counted exactly (F27). */
  async lock(actor: Actor): Promise<void> {
    await this.database
      .execute`select 1 from organizations where id = ${actor.organizationId}::uuid for update`;
  }

  countOwners(actor: Actor): Promise<number> {
    return this.database.client.membership.count({
      where: { organizationId: actor.organizationId, role: 'owner', removedAt: null },
    });
  }

  /** @returns false when the database does not let the actor, or there is no such member */
  updateRole(_actor: Actor, userId: string, role: Role): Promise<boolean> {
    return this.change(userId, role, null);
  }

  /** @returns false when the database does not let the actor, or there is no such member */
  markRemoved(_actor: Actor, userId: string, at: Date): Promise<boolean> {
    return this.change(userId, null, at);
  }

  private async change(userId: string, role: Role | null, removedAt: Date | null): Promise<boolean> {
    const [row] = await this.database.query<{ changed: boolean }>`
      select change_membership(${userId}::uuid, ${role}::text, ${removedAt}::timestamptz) as changed`;
    return row?.changed === true;
  }
}
