import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '@weir/database';
import type { Actor } from '@weir/kernel';

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly archivedAt: Date | null;
  readonly shared: boolean;
}

export interface ProjectRow extends Project {
  readonly description: string | null;
  readonly icon: string | null;
  readonly color: string | null;
  readonly sortOrder: number;
  readonly workflowCount: number;
  readonly conversationCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface ProjectFields {
  readonly name: string;
  readonly description: string | null;
  readonly icon: string | null;
  readonly color: string | null;
}

export interface ProjectFilter {
  readonly archived: boolean | undefined;
  readonly after: { readonly sortOrder: number; readonly id: string } | null;
  /** Rows to read at most. */
  readonly take: number;
}

const PROJECT = { id: true, name: true, isDefault: true, archivedAt: true, shared: true } as const;

/** Reading takes what is one's own or shared; writing takes what is one's own. */
@Injectable()
export class ProjectsRepository {
  constructor(private readonly database: Database) {}

  /** Goes to the end of the person's list. */
  async insert(actor: Actor, id: string, fields: ProjectFields): Promise<void> {
    await this.database.execute`
      insert into projects (organization_id, user_id, id, name, description, icon, color, sort_order)
      select ${actor.organizationId}::uuid, ${actor.userId}::uuid, ${id}::uuid, ${fields.name}, ${fields.description},
        ${fields.icon}, ${fields.color}, coalesce(max(p.sort_order) + 1, 0)
      from projects p where p.organization_id = ${actor.organizationId}::uuid and p.user_id = ${actor.userId}::uuid`;
  }

  /**
   * Waits for another transaction that is making one, so that exactly one appears.
   * @returns false when there is one already, or when the name is taken
   */
  async insertDefaultIfMissing(actor: Actor, id: string, name: string): Promise<boolean> {
    const inserted = await this.database.execute`
      insert into projects (organization_id, user_id, id, name, is_default)
      values (${actor.organizationId}::uuid, ${actor.userId}::uuid, ${id}::uuid, ${name}, true)
      on conflict do nothing`;
    return inserted === 1;
  }

  findDefault(actor: Actor): Promise<Project | null> {
    return this.database.client.project.findFirst({
      where: { organizationId: actor.organizationId, userId: actor.userId, isDefault: true },
      select: PROJECT,
    });
  }

  /** One's own project, locked until the transaction ends: nothing is put into it meanwhile. */
  async findOwnForUpdate(actor: Actor, id: string): Promise<Project | null> {
    const rows = await this.database.query<Project>`
      select p.id, p.name, p.is_default as "isDefault", p.archived_at as "archivedAt", p.shared
      from projects p
      where p.organization_id = ${actor.organizationId}::uuid and p.user_id = ${actor.userId}::uuid and p.id = ${id}::uuid
      for update`;
    return rows[0] ?? null;
  }

  findOwn(actor: Actor, id: string): Promise<Project | null> {
    return this.database.client.project.findFirst({
      where: { organizationId: actor.organizationId, userId: actor.userId, id },
      select: PROJECT,
    });
  }

  async findById(actor: Actor, id: string): Promise<ProjectRow | null> {
    const rows = await this.select(actor, Prisma.sql`p.id = ${id}::uuid`, 1);
    return rows[0] ?? null;
  }

  listPage(actor: Actor, { archived, after, take }: ProjectFilter): Promise<ProjectRow[]> {
    const conditions = [Prisma.sql`true`];
    if (archived !== undefined) conditions.push(Prisma.sql`(p.archived_at is not null) = ${archived}`);
    if (after !== null)
      conditions.push(Prisma.sql`(p.sort_order, p.id) > (${after.sortOrder}::int, ${after.id}::uuid)`);
    return this.select(actor, Prisma.join(conditions, ' and '), take);
  }

  /** The counts ride along in the one statement: asking for them project by project would cost a query each. */
  private select(actor: Actor, condition: Prisma.Sql, take: number): Promise<ProjectRow[]> {
    return this.database.query<ProjectRow>`
      select p.id, p.name, p.description, p.icon, p.color, p.sort_order as "sortOrder", p.is_default as "isDefault",
        p.archived_at as "archivedAt", p.shared, p.created_at as "createdAt", p.updated_at as "updatedAt",
        (select count(*)::int from workflows w
          where w.organization_id = p.organization_id and w.project_id = p.id and w.deleted_at is null) as "workflowCount",
        (select count(*)::int from workflows w
          join conversations c on c.organization_id = w.organization_id and c.workflow_id = w.id
          where w.organization_id = p.organization_id and w.project_id = p.id and w.deleted_at is null
            and c.user_id = ${actor.userId}::uuid and c.deleted_at is null) as "conversationCount"
      from projects p
      where p.organization_id = ${actor.organizationId}::uuid and (p.user_id = ${actor.userId}::uuid or p.shared)
        and ${condition}
      order by p.sort_order, p.id
      limit ${take}`;
  }

  /** @returns how many rows changed: none when it is not one's own */
  async update(actor: Actor, id: string, fields: Partial<ProjectFields>): Promise<number> {
    const { count } = await this.database.client.project.updateMany({
      where: { organizationId: actor.organizationId, userId: actor.userId, id },
      data: { ...fields },
    });
    return count;
  }

  async setArchived(actor: Actor, id: string, archivedAt: Date | null): Promise<void> {
    await this.database.client.project.updateMany({
      where: { organizationId: actor.organizationId, userId: actor.userId, id },
      data: { archivedAt },
    });
  }

  async delete(actor: Actor, id: string): Promise<void> {
    await this.database.client.project.deleteMany({
      where: { organizationId: actor.organizationId, userId: actor.userId, id },
    });
  }

  async findOwnIds(actor: Actor, ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.client.project.findMany({
      where: { organizationId: actor.organizationId, userId: actor.userId, id: { in: [...ids] } },
      select: { id: true },
    });
    return new Set(rows.map(({ id }) => id));
  }

  /** Numbers all own projects anew: the named ones first, the others after them as they were. */
  async reorder(actor: Actor, ids: readonly string[]): Promise<void> {
    await this.database.execute`
      update projects p set sort_order = ranked.position, updated_at = now()
      from (
        select o.id, (row_number() over (order by wanted.position nulls last, o.sort_order, o.id) - 1)::int as position
        from projects o
        left join unnest(${[...ids]}::uuid[]) with ordinality as wanted(id, position) on wanted.id = o.id
        where o.organization_id = ${actor.organizationId}::uuid and o.user_id = ${actor.userId}::uuid
      ) ranked
      where p.organization_id = ${actor.organizationId}::uuid and p.user_id = ${actor.userId}::uuid
        and p.id = ranked.id and p.sort_order <> ranked.position`;
  }
}
