import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor } from '@weir/kernel';

export interface Move {
  readonly from: string;
  readonly to: string;
  readonly archive: boolean;
}

/** Changes of many workflows at once, for projects and accounts that go away. */
@Injectable()
export class WorkflowMovesRepository {
  constructor(private readonly database: Database) {}

  count(actor: Actor, projectId: string): Promise<number> {
    const { organizationId, userId } = actor;
    return this.database.client.workflow.count({
      where: { organizationId, userId, projectId, deletedAt: null },
    });
  }

  listNames(actor: Actor, projectId: string): Promise<{ id: string; name: string }[]> {
    const { organizationId, userId } = actor;
    return this.database.client.workflow.findMany({
      where: { organizationId, userId, projectId, deletedAt: null },
      select: { id: true, name: true },
      orderBy: { id: 'asc' },
    });
  }

  async rename(actor: Actor, id: string, name: string): Promise<void> {
    const { organizationId, userId } = actor;
    await this.database.client.workflow.updateMany({ where: { organizationId, userId, id }, data: { name } });
  }

  /** All of a project, deleted ones too; sharing follows the new project. */
  async moveAll(actor: Actor, { from, to, archive }: Move): Promise<void> {
    await this.database.execute`
      update workflows w
      set project_id = p.id, shared = p.shared, revision = w.revision + 1, updated_at = now(),
        archived_at = case when ${archive} then coalesce(w.archived_at, now()) else w.archived_at end
      from projects p
      where p.organization_id = ${actor.organizationId}::uuid and p.user_id = ${actor.userId}::uuid and p.id = ${to}::uuid
        and w.organization_id = ${actor.organizationId}::uuid and w.user_id = ${actor.userId}::uuid
        and w.project_id = ${from}::uuid`;
  }

  /** @returns ids of the workflows that were there until now */
  async markAllDeleted(actor: Actor, at: Date): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>`
      update workflows w set deleted_at = ${at}::timestamptz, revision = w.revision + 1, updated_at = now()
      where w.organization_id = ${actor.organizationId}::uuid and w.user_id = ${actor.userId}::uuid and w.deleted_at is null
      returning w.id`;
    return rows.map(({ id }) => id);
  }

  /** Removes what was deleted and is gone from the engine. Needs no actor: see design, section 3.4. */
  async purgeDeleted(): Promise<void> {
    await this.database.query`select organizations_purged from purge_deleted()`;
  }
}
