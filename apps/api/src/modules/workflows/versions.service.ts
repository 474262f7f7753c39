import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { sanitizeFlowData, toExport, type FlowData } from '@weir/flow';
import {
  decodeCursor,
  notFound,
  toPage,
  type Actor,
  type JsonObject,
  type Page,
  type PageRequest,
} from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { EngineCopies } from '../engine/engine-copies.service';
import { VersionsRepository, type VersionDetailRow, type VersionRow } from './versions.repository';
import { flowBlocked, flowNotRunnable } from './workflows.errors';
import { WorkflowsService } from './workflows.service';

/** The latest version's flow, fit for a response. */
export interface CurrentFlow {
  readonly flowData: FlowData;
  readonly version: number;
  readonly revision: number;
}

export interface ExportedFlow {
  readonly name: string;
  /** A file that Langflow's own import takes. */
  readonly document: JsonObject;
}

/** The immutable states of a workflow, and which of them is published. */
@Injectable()
export class VersionsService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly versions: VersionsRepository,
    private readonly workflows: WorkflowsService,
    private readonly copies: EngineCopies,
    private readonly audit: AuditService,
  ) {}

  async getCurrentFlow(actor: Actor, id: string): Promise<CurrentFlow> {
    const latest = await this.versions.findLatest(actor, id);
    if (latest === null) throw notFound('workflow', id);
    return { flowData: sanitizeFlowData(latest.flowData), version: latest.number, revision: latest.revision };
  }

  async export(actor: Actor, id: string): Promise<ExportedFlow> {
    const latest = await this.versions.findLatest(actor, id);
    if (latest === null) throw notFound('workflow', id);
    const { name, description, tags, flowData } = latest;
    return { name, document: toExport({ name, description: description ?? '', tags, flowData }) };
  }

  /** Newest first. */
  async list(actor: Actor, id: string, { limit, cursor }: PageRequest): Promise<Page<VersionRow>> {
    const before = cursor === undefined ? null : numberOf(cursor);
    const rows = await this.versions.listPage(actor, id, { before, take: limit + 1 });
    // Every workflow has a version, so an empty first page means that there is no such workflow.
    if (rows.length === 0 && before === null) throw notFound('workflow', id);
    return toPage(rows, limit, (row) => ({ sort: String(row.number), id: row.id }));
  }

  async get(actor: Actor, id: string, number: number): Promise<VersionDetailRow> {
    const version = await this.versions.findByNumber(actor, id, number);
    if (version !== null) return { ...version, flowData: sanitizeFlowData(version.flowData) };
    // Says which of the two is not there.
    await this.workflows.get(actor, id);
    throw notFound('version', String(number));
  }

  /** From now on runs take this version; publishing an earlier one rolls back. */
  async publish(actor: Actor, id: string, number: number, expectedRevision: number | null): Promise<void> {
    const { row } = await this.workflows.get(actor, id);
    const version = await this.get(actor, id, number);
    if (version.findings.some(({ severity }) => severity === 'block')) {
      throw flowBlocked(row.name, number, version.findings);
    }
    if (version.interface.outputs.length === 0) throw flowNotRunnable(row.name, number);
    await this.transactions.run(async () => {
      await this.workflows.change(actor, id, { publishedVersion: number }, expectedRevision);
      await this.copies.requestCopy(actor, id, number);
      await this.record(actor, 'workflow.published', id, { version: number, before: row.publishedVersion });
    });
  }

  /** From now on runs take the latest version. */
  async unpublish(actor: Actor, id: string, expectedRevision: number | null): Promise<void> {
    const { row } = await this.workflows.get(actor, id);
    await this.transactions.run(async () => {
      await this.workflows.change(actor, id, { publishedVersion: null }, expectedRevision);
      await this.copies.requestCopy(actor, id, row.latestVersion);
      await this.record(actor, 'workflow.unpublished', id, { before: row.publishedVersion });
    });
  }

  private async record(actor: Actor, action: string, id: string, changes: JsonObject): Promise<void> {
    await this.audit.record(actor, { action, objectType: 'workflow', objectId: id, changes });
  }
}

const INT4_MAX = 2_147_483_647;

function numberOf(cursor: string): number {
  const number = Number(decodeCursor(cursor).sort);
  // A cursor of another list: there is nothing before it.
  return Number.isInteger(number) && number > 0 && number <= INT4_MAX ? number : 1;
}
