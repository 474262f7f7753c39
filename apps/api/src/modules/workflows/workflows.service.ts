import { Injectable } from '@nestjs/common';
import { isFailedAssertion, TransactionRunner, violatedConstraint } from '@weir/database';
import type { Binding, Finding, FlowInterface } from '@weir/flow';
import {
  Clock,
  decodeTimeCursor,
  notFound,
  toPage,
  type Actor,
  type JsonObject,
  type Page,
  type PageRequest,
} from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { EngineCopies, type CopyDescription } from '../engine/engine-copies.service';
import { SLUG_PATTERN } from '../organizations/slug';
import { ProjectsService } from '../projects/projects.service';
import {
  changedInBetween,
  flowNotRunnable,
  workflowArchived,
  workflowNameTaken,
  workflowSlugTaken,
} from './workflows.errors';
import {
  WorkflowsRepository,
  type EndpointRow,
  type WorkflowChanges,
  type WorkflowDetailRow,
  type WorkflowRow,
} from './workflows.repository';

export type { EndpointRow };

/** A row with what the engine holds of it; null when the engine was never asked to hold it. */
export interface Described<Row> {
  readonly row: Row;
  readonly copy: CopyDescription | null;
}

/** What a run takes: the published version, or the latest while none is published. */
export interface RunnableWorkflow {
  readonly id: string;
  readonly name: string;
  readonly versionNumber: number;
  readonly deadlineSeconds: number;
  readonly bindings: readonly Binding[];
  readonly interface: FlowInterface;
  /** Those of severity `block` must keep it from a shared engine. */
  readonly findings: readonly Finding[];
  /** The flow in the engine, when the engine holds exactly this version for the actor: a run need not ask again. */
  readonly readyFlowId: string | null;
}

export interface WorkflowSearch extends PageRequest {
  readonly projectId?: string;
  readonly tag?: string;
  readonly q?: string;
  readonly archived?: boolean;
}

export interface WorkflowUpdate {
  readonly name?: string;
  readonly slug?: string;
  readonly description?: string | null;
  readonly tags?: string[];
  readonly projectId?: string;
  readonly deadlineSeconds?: number;
  readonly archived?: boolean;
}

/** More than a reader of one document can make use of. */
const MAX_ENDPOINTS = 1_000;

/** A workflow is not any more what its reader took it for. */
export class WorkflowChangedError extends Error {
  constructor(readonly workflowName: string) {
    super(`Workflow '${workflowName}' was changed since it was read.`);
    this.name = 'WorkflowChangedError';
  }
}

@Injectable()
export class WorkflowsService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly workflows: WorkflowsRepository,
    private readonly projects: ProjectsService,
    private readonly copies: EngineCopies,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws AppError 404 when it is not there or not the actor's to see, 409 `workflow_archived`, 422 `flow_not_runnable`
   *   when it has nothing that could answer
   */
  async getRunnable(actor: Actor, id: string): Promise<RunnableWorkflow> {
    const row = await this.workflows.findRunnable(actor, id);
    if (row === null) throw notFound('workflow', id);
    const { archivedAt, ...workflow } = row;
    if (archivedAt !== null) throw workflowArchived(row.name);
    if (row.interface.outputs.length === 0) throw flowNotRunnable(row.name, row.versionNumber);
    return workflow;
  }

  /**
   * Holds for the transaction that it is called in: what {@link getRunnable} said, however long ago, is still so.
   * @throws WorkflowChangedError, which ends the transaction
   */
  async assertUnchanged(actor: Actor, workflow: RunnableWorkflow): Promise<void> {
    try {
      await this.workflows.assertUnchanged(actor, workflow);
    } catch (error) {
      throw isFailedAssertion(error) ? new WorkflowChangedError(workflow.name) : error;
    }
  }

  /**
   * The published workflow of a slug.
   * @throws AppError 404 when there is none, it is a draft or archived, or not the actor's to see
   */
  async getEndpoint(actor: Actor, slug: string): Promise<EndpointRow> {
    const [row] = SLUG_PATTERN.test(slug) ? await this.workflows.listEndpoints(actor, slug, 1) : [];
    if (row === undefined) throw notFound('published workflow', slug);
    return row;
  }

  /** Every workflow that the actor can run by its slug, by slug. */
  listEndpoints(actor: Actor): Promise<EndpointRow[]> {
    return this.workflows.listEndpoints(actor, null, MAX_ENDPOINTS);
  }

  /** Last changed first. */
  async list(actor: Actor, search: WorkflowSearch): Promise<Page<Described<WorkflowRow>>> {
    const { limit, cursor, projectId, tag, q, archived } = search;
    const after = cursor === undefined ? null : decodeTimeCursor(cursor);
    const filter = { projectId, tag, search: q, archived, after, take: limit + 1 };
    const page = toPage(await this.workflows.listPage(actor, filter), limit, ({ updatedAt, id }) => ({
      sort: updatedAt.toISOString(),
      id,
    }));
    return { data: await this.describe(actor, page.data), nextCursor: page.nextCursor };
  }

  async get(actor: Actor, id: string): Promise<Described<WorkflowDetailRow>> {
    const row = await this.workflows.findDetail(actor, id);
    if (row === null) throw notFound('workflow', id);
    return { row, copy: await this.copies.describe(actor, id) };
  }

  /** In the order of the ids. */
  async getMany(actor: Actor, ids: readonly string[]): Promise<Described<WorkflowDetailRow>[]> {
    return this.describe(actor, await this.workflows.listDetails(actor, ids));
  }

  /** @param expectedRevision the ETag that the client saw; null changes whatever is there */
  async update(
    actor: Actor,
    id: string,
    update: WorkflowUpdate,
    expectedRevision: number | null,
  ): Promise<Described<WorkflowDetailRow>> {
    const { archived, projectId, ...fields } = update;
    const place = projectId === undefined ? {} : await this.placeIn(actor, projectId);
    const archivedAt = archived === true ? this.clock.now() : null;
    const changes = { ...fields, ...place, ...(archived === undefined ? {} : { archivedAt }) };
    await this.writing(update.name, async () => {
      if (update.slug !== undefined) await this.requireFreeSlug(actor, id, update.slug);
      await this.change(actor, id, changes, expectedRevision);
      await this.record(actor, 'workflow.updated', id, { ...update });
    });
    return this.get(actor, id);
  }

  /** Hides it at once; its copy in the engine and then its rows go in the background. */
  async delete(actor: Actor, id: string, expectedRevision: number | null): Promise<void> {
    await this.transactions.run(async () => {
      await this.change(actor, id, { deletedAt: this.clock.now() }, expectedRevision);
      await this.copies.requestDeletion(actor, id);
      await this.record(actor, 'workflow.deleted', id);
    });
  }

  /** Makes the next revision of a workflow of one's own. Call inside a transaction. */
  async change(
    actor: Actor,
    id: string,
    changes: WorkflowChanges,
    expectedRevision: number | null,
  ): Promise<void> {
    if (await this.workflows.update(actor, id, changes, expectedRevision)) return;
    const name = await this.workflows.findOwnName(actor, id);
    throw name === null ? notFound('workflow', id) : changedInBetween(name);
  }

  /** Until the transaction ends the slug stays free for it. @throws AppError 409 `workflow_slug_taken` */
  private async requireFreeSlug(actor: Actor, id: string, slug: string): Promise<void> {
    if ((await this.workflows.findDetail(actor, id))?.slug === slug) return;
    if ((await this.workflows.reserveSlug(slug)) !== slug) throw workflowSlugTaken(slug);
  }

  private async placeIn(actor: Actor, projectId: string): Promise<{ projectId: string; shared: boolean }> {
    const { id, shared } = await this.projects.getWritable(actor, projectId);
    return { projectId: id, shared };
  }

  private async describe<Row extends WorkflowRow>(
    actor: Actor,
    rows: readonly Row[],
  ): Promise<Described<Row>[]> {
    if (rows.length === 0) return [];
    const copies = await this.copies.describeMany(
      actor,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => ({ row, copy: copies.get(row.id) ?? null }));
  }

  private async writing(name: string | undefined, work: () => Promise<void>): Promise<void> {
    try {
      await this.transactions.run(work);
    } catch (error) {
      if (violatedConstraint(error) === 'unique') throw workflowNameTaken(name ?? 'of this name');
      throw error;
    }
  }

  private async record(actor: Actor, action: string, id: string, changes: JsonObject = {}): Promise<void> {
    await this.audit.record(actor, { action, objectType: 'workflow', objectId: id, changes });
  }
}
