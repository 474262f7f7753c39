import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '@weir/database';
import type { Binding, Finding, FlowData, FlowInterface } from '@weir/flow';
import type { Actor } from '@weir/kernel';
import type { PreparedFlow } from './flow-preparation';

/** A version as lists show it. */
export interface VersionRow {
  readonly id: string;
  readonly number: number;
  readonly published: boolean;
  readonly contentHash: string;
  readonly blockingFindings: number;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export interface VersionDetailRow extends VersionRow {
  readonly flowData: FlowData;
  readonly bindings: Binding[];
  readonly findings: Finding[];
  readonly interface: FlowInterface;
}

/** The latest version together with what the workflow is at that moment. */
export interface LatestVersion {
  /** Of the workflow. */
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly tags: string[];
  readonly projectId: string;
  readonly revision: number;
  readonly number: number;
  readonly publishedVersion: number | null;
  readonly own: boolean;
  readonly contentHash: string;
  readonly flowData: FlowData;
}

export interface NewVersion {
  readonly id: string;
  readonly workflowId: string;
  readonly number: number;
}

/** Versions are only ever added: the database role may not change or delete them. */
@Injectable()
export class VersionsRepository {
  constructor(private readonly database: Database) {}

  /**
   * A version of a workflow of one's own; whose it is and who sees it follow the workflow. Plain SQL, so that ten megabytes
   * of flow become JSON text once.
   */
  async insert(actor: Actor, version: NewVersion, flow: PreparedFlow): Promise<void> {
    await this.database.execute`
      insert into workflow_versions (organization_id, user_id, id, workflow_id, shared, number, flow_data, content_hash,
        bindings, findings, interface, created_by)
      select w.organization_id, w.user_id, ${version.id}::uuid, w.id, w.shared, ${version.number}::int,
        ${JSON.stringify(flow.flowData)}::json, ${flow.contentHash}, ${JSON.stringify(flow.bindings)}::jsonb,
        ${JSON.stringify(flow.findings)}::jsonb, ${JSON.stringify(flow.interface)}::jsonb, ${actor.userId}::uuid
      from workflows w
      where w.organization_id = ${actor.organizationId}::uuid and w.user_id = ${actor.userId}::uuid
        and w.id = ${version.workflowId}::uuid`;
  }

  /** Version 1 of a duplicate, copied inside the database. */
  async insertCopy(
    actor: Actor,
    version: NewVersion,
    source: { readonly workflowId: string; readonly number: number },
  ): Promise<void> {
    await this.database.execute`
      insert into workflow_versions (organization_id, user_id, id, workflow_id, shared, number, flow_data, content_hash,
        bindings, findings, interface, created_by)
      select w.organization_id, w.user_id, ${version.id}::uuid, w.id, w.shared, ${version.number}::int, v.flow_data,
        v.content_hash, v.bindings, v.findings, v.interface, ${actor.userId}::uuid
      from workflow_versions v
      join workflows w on w.organization_id = v.organization_id and w.user_id = ${actor.userId}::uuid
        and w.id = ${version.workflowId}::uuid
      where v.organization_id = ${actor.organizationId}::uuid and (v.user_id = ${actor.userId}::uuid or v.shared)
        and v.workflow_id = ${source.workflowId}::uuid and v.number = ${source.number}::int`;
  }

  async findLatest(actor: Actor, workflowId: string): Promise<LatestVersion | null> {
    const rows = await this.database.query<LatestVersion>`
      select w.id, w.name, w.description, w.tags, w.project_id as "projectId", w.revision, v.number,
        w.published_version as "publishedVersion", w.user_id = ${actor.userId}::uuid as own,
        v.content_hash as "contentHash", v.flow_data as "flowData"
      ${fromReadable(actor, workflowId)} and v.number = w.latest_version`;
    return rows[0] ?? null;
  }

  async findByNumber(actor: Actor, workflowId: string, number: number): Promise<VersionDetailRow | null> {
    const rows = await this.database.query<VersionDetailRow>`
      select ${COLUMNS}, v.flow_data as "flowData", v.bindings, v.findings, v.interface
      ${fromReadable(actor, workflowId)} and v.number = ${number}::int`;
    return rows[0] ?? null;
  }

  /** Newest first. */
  listPage(
    actor: Actor,
    workflowId: string,
    { before, take }: { readonly before: number | null; readonly take: number },
  ): Promise<VersionRow[]> {
    const older = before === null ? Prisma.empty : Prisma.sql`and v.number < ${before}::int`;
    return this.database.query<VersionRow>`
      select ${COLUMNS} ${fromReadable(actor, workflowId)} ${older}
      order by v.number desc
      limit ${take}`;
  }

  /** A version with the title of its workflow, for the engine. */
  async findSource(
    actor: Actor,
    workflowId: string,
    number: number,
  ): Promise<{ name: string; description: string | null; flowData: FlowData } | null> {
    const rows = await this.database.query<{ name: string; description: string | null; flowData: FlowData }>`
      select w.name, w.description, v.flow_data as "flowData"
      ${fromReadable(actor, workflowId)} and v.number = ${number}::int`;
    return rows[0] ?? null;
  }
}

const COLUMNS = Prisma.sql`
  v.id, v.number, v.number = coalesce(w.published_version, 0) as published, v.content_hash as "contentHash",
  (select count(*)::int from jsonb_array_elements(v.findings) f where f->>'severity' = 'block') as "blockingFindings",
  v.created_by as "createdBy", v.created_at as "createdAt"`;

function fromReadable(actor: Actor, workflowId: string): Prisma.Sql {
  // A key can be limited to some workflows; for it there are no others.
  const limit =
    actor.workflowIds === undefined
      ? Prisma.empty
      : Prisma.sql`and w.id = any(${[...actor.workflowIds]}::uuid[])`;
  return Prisma.sql`
    from workflows w
    join workflow_versions v on v.organization_id = w.organization_id and v.workflow_id = w.id
    where w.organization_id = ${actor.organizationId}::uuid and (w.user_id = ${actor.userId}::uuid or w.shared)
      and w.id = ${workflowId}::uuid and w.deleted_at is null ${limit}`;
}
