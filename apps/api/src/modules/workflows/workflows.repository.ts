import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '@weir/database';
import type { Binding, Finding, FlowInterface } from '@weir/flow';
import type { Actor, TimePlace } from '@weir/kernel';

/** A workflow as lists show it: never with flow data. */
export interface WorkflowRow {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string | null;
  readonly tags: string[];
  readonly revision: number;
  readonly latestVersion: number;
  readonly publishedVersion: number | null;
  readonly archivedAt: Date | null;
  readonly deadlineSeconds: number;
  /** Its name in addresses. */
  readonly slug: string;
  readonly hasChatInput: boolean;
  readonly hasChatOutput: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** With what its runnable version (the published one, else the latest) takes, answers and was found to hold. */
export interface WorkflowDetailRow extends WorkflowRow {
  readonly interface: FlowInterface;
  readonly findings: Finding[];
}

/** A workflow as somebody sees it who runs it by its slug. */
export interface EndpointRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly interface: FlowInterface;
}

export interface RunnableRow {
  readonly id: string;
  readonly name: string;
  readonly versionNumber: number;
  readonly deadlineSeconds: number;
  readonly archivedAt: Date | null;
  readonly bindings: Binding[];
  readonly interface: FlowInterface;
  readonly findings: Finding[];
  /** The flow in the engine, when the engine holds exactly this version for the actor. */
  readonly readyFlowId: string | null;
}

export interface WorkflowFilter {
  readonly projectId: string | undefined;
  readonly tag: string | undefined;
  readonly search: string | undefined;
  readonly archived: boolean | undefined;
  readonly after: TimePlace | null;
  /** Rows to read at most. */
  readonly take: number;
}

export interface NewWorkflow {
  readonly id: string;
  readonly projectId: string;
  /** As its project is: the composite foreign key holds them together. */
  readonly shared: boolean;
  readonly name: string;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly slug: string;
}

/** What a client may change. */
export interface WorkflowChanges {
  readonly name?: string;
  readonly slug?: string;
  readonly description?: string | null;
  readonly tags?: string[];
  readonly projectId?: string;
  readonly shared?: boolean;
  readonly deadlineSeconds?: number;
  readonly archivedAt?: Date | null;
  readonly latestVersion?: number;
  readonly publishedVersion?: number | null;
  readonly deletedAt?: Date;
}

/** Reading takes what is one's own or shared; writing takes what is one's own. Deleted workflows are not there. */
@Injectable()
export class WorkflowsRepository {
  constructor(private readonly database: Database) {}

  async insert(actor: Actor, workflow: NewWorkflow): Promise<void> {
    const { organizationId, userId } = actor;
    await this.database.client.workflow.create({
      data: { ...workflow, tags: [...workflow.tags], organizationId, userId, latestVersion: 1 },
      select: { id: true },
    });
  }

  /** @returns `wanted`, or with a number when the organization has it; nobody else gets it before this transaction ends */
  async reserveSlug(wanted: string): Promise<string> {
    const rows = await this.database.query<{ slug: string }>`select free_workflow_slug(${wanted}) as slug`;
    return rows[0]?.slug ?? wanted;
  }

  listPage(actor: Actor, filter: WorkflowFilter): Promise<WorkflowRow[]> {
    return this.database.query<WorkflowRow>`
      select ${COLUMNS} ${fromReadable(actor)} and ${Prisma.join(conditionsOf(filter), ' and ')}
      order by w.updated_at desc, w.id desc
      limit ${filter.take}`;
  }

  async findDetail(actor: Actor, id: string): Promise<WorkflowDetailRow | null> {
    const rows = await this.database.query<WorkflowDetailRow>`
      select ${COLUMNS}, v.interface, v.findings ${fromReadable(actor)} and w.id = ${id}::uuid`;
    return rows[0] ?? null;
  }

  /** Workflows that were just written, in the order of the ids. */
  listDetails(actor: Actor, ids: readonly string[]): Promise<WorkflowDetailRow[]> {
    return this.database.query<WorkflowDetailRow>`
      select ${COLUMNS}, v.interface, v.findings ${fromReadable(actor)} and w.id = any(${[...ids]}::uuid[])
      order by array_position(${[...ids]}::uuid[], w.id)`;
  }

  /** Workflows that can be run by their slug: published and not archived. */
  listEndpoints(actor: Actor, slug: string | null, take: number): Promise<EndpointRow[]> {
    const one = slug === null ? Prisma.empty : Prisma.sql`and w.slug = ${slug}`;
    return this.database.query<EndpointRow>`
      select w.id, w.slug, w.name, w.description, v.interface ${fromReadable(actor)}
        and w.published_version is not null and w.archived_at is null ${one}
      order by w.slug
      limit ${take}`;
  }

  /** Everything that a run needs to know, in one statement: this stands on the way of every run. */
  async findRunnable(actor: Actor, id: string): Promise<RunnableRow | null> {
    const rows = await this.database.query<RunnableRow>`
      select w.id, w.name, v.number as "versionNumber", w.deadline_seconds as "deadlineSeconds", w.archived_at as "archivedAt",
        v.bindings, v.interface, v.findings,
        (select f.id from engine_flows f where f.organization_id = w.organization_id and f.workflow_id = w.id
          and f.user_id = ${actor.userId}::uuid and f.version_number = v.number and f.state = 'ready') as "readyFlowId"
      ${fromReadable(actor)} and w.id = ${id}::uuid`;
    return rows[0] ?? null;
  }

  /** Fails, and its transaction with it, when a run would not find the workflow as it was read any more. */
  async assertUnchanged(
    actor: Actor,
    workflow: Pick<RunnableRow, 'id' | 'versionNumber' | 'deadlineSeconds' | 'readyFlowId'>,
  ): Promise<void> {
    const { id, versionNumber, deadlineSeconds, readyFlowId } = workflow;
    const copy =
      readyFlowId === null
        ? Prisma.empty
        : Prisma.sql`and exists (
            select from engine_flows f where f.organization_id = w.organization_id and f.id = ${readyFlowId}::uuid
              and f.user_id = ${actor.userId}::uuid and f.version_number = ${versionNumber}::int and f.state = 'ready')`;
    await this.database.execute`
      select assert_that(exists (
        select from workflows w
        where w.organization_id = ${actor.organizationId}::uuid and (w.user_id = ${actor.userId}::uuid or w.shared)
          and w.id = ${id}::uuid ${withinLimit(actor)} and w.deleted_at is null and w.archived_at is null
          and coalesce(w.published_version, w.latest_version) = ${versionNumber}::int
          and w.deadline_seconds = ${deadlineSeconds}::int ${copy}), 'the workflow is unchanged')`;
  }

  async findOwnName(actor: Actor, id: string): Promise<string | null> {
    const row = await this.database.client.workflow.findFirst({
      where: { organizationId: actor.organizationId, userId: actor.userId, id, deletedAt: null },
      select: { name: true },
    });
    return row?.name ?? null;
  }

  /**
   * Changes a workflow and makes it the next revision.
   * @param expectedRevision what the change was made from; null changes whatever is there
   * @returns false when it is not one's own, deleted, or at another revision
   */
  async update(
    actor: Actor,
    id: string,
    changes: WorkflowChanges,
    expectedRevision: number | null,
  ): Promise<boolean> {
    const { count } = await this.database.client.workflow.updateMany({
      where: {
        organizationId: actor.organizationId,
        userId: actor.userId,
        id,
        deletedAt: null,
        ...(expectedRevision === null ? {} : { revision: expectedRevision }),
      },
      data: { ...changes, revision: { increment: 1 } },
    });
    return count === 1;
  }

  /** Names that workflows of a project have, deleted ones not counted. */
  async listNames(actor: Actor, projectId: string): Promise<Set<string>> {
    const rows = await this.database.client.workflow.findMany({
      where: { organizationId: actor.organizationId, userId: actor.userId, projectId, deletedAt: null },
      select: { name: true },
    });
    return new Set(rows.map(({ name }) => name));
  }

  /** Workflows whose published or latest version refers to the secret. At most 100: it is a list for people. */
  listUses(actor: Actor, secretName: string): Promise<{ workflowId: string; workflowName: string }[]> {
    return this.database.query<{ workflowId: string; workflowName: string }>`
      select w.id as "workflowId", w.name as "workflowName"
      from workflows w
      where w.organization_id = ${actor.organizationId}::uuid and w.user_id = ${actor.userId}::uuid and w.deleted_at is null
        and exists (
          select 1 from workflow_versions v, jsonb_array_elements(v.bindings) binding
          where v.organization_id = w.organization_id and v.workflow_id = w.id
            and v.number in (w.latest_version, w.published_version) and binding->>'secretName' = ${secretName})
      order by w.name, w.id
      limit 100`;
  }
}

const COLUMNS = Prisma.sql`
  w.id, w.project_id as "projectId", w.name, w.description, w.tags, w.revision, w.latest_version as "latestVersion",
  w.published_version as "publishedVersion", w.archived_at as "archivedAt", w.deadline_seconds as "deadlineSeconds",
  w.slug, (v.interface->>'hasChatInput')::boolean as "hasChatInput", (v.interface->>'hasChatOutput')::boolean as "hasChatOutput",
  w.created_at as "createdAt", w.updated_at as "updatedAt"`;

/** With the version that a run would take. */
function fromReadable(actor: Actor): Prisma.Sql {
  return Prisma.sql`
    from workflows w
    join workflow_versions v on v.organization_id = w.organization_id and v.workflow_id = w.id
      and v.number = coalesce(w.published_version, w.latest_version)
    where w.organization_id = ${actor.organizationId}::uuid and (w.user_id = ${actor.userId}::uuid or w.shared)
      and w.deleted_at is null ${withinLimit(actor)}`;
}

/** A key can be limited to some workflows; for it there are no others. */
function withinLimit({ workflowIds }: Actor): Prisma.Sql {
  return workflowIds === undefined ? Prisma.empty : Prisma.sql`and w.id = any(${[...workflowIds]}::uuid[])`;
}

function conditionsOf({ projectId, tag, search, archived, after }: WorkflowFilter): Prisma.Sql[] {
  const conditions = [Prisma.sql`true`];
  if (projectId !== undefined) conditions.push(Prisma.sql`w.project_id = ${projectId}::uuid`);
  if (tag !== undefined) conditions.push(Prisma.sql`${tag} = any(w.tags)`);
  if (search !== undefined) {
    const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    conditions.push(Prisma.sql`(w.name ilike ${pattern} or w.description ilike ${pattern})`);
  }
  if (archived !== undefined) conditions.push(Prisma.sql`(w.archived_at is not null) = ${archived}`);
  if (after !== null) {
    conditions.push(Prisma.sql`(w.updated_at, w.id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
  }
  return conditions;
}
