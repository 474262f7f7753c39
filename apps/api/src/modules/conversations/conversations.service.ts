import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import {
  Clock,
  newId,
  notFound,
  toPage,
  type Actor,
  type JsonObject,
  type Page,
  type PageRequest,
  decodeTimeCursor,
} from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { WorkflowsService } from '../workflows/workflows.service';
import { ConversationsRepository, type ConversationRow } from './conversations.repository';

export interface ConversationSearch extends PageRequest {
  /** Part of the title. */
  readonly q?: string | undefined;
}

@Injectable()
export class ConversationsService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly conversations: ConversationsRepository,
    private readonly workflows: WorkflowsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Without a title it gets one from its first message. */
  async create(actor: Actor, workflowId: string, title: string | null): Promise<ConversationRow> {
    await this.workflows.get(actor, workflowId);
    const now = this.clock.now();
    const row = { id: newId(), workflowId, title, lastMessageAt: now, createdAt: now, updatedAt: now };
    await this.transactions.run(async () => {
      await this.conversations.insert(actor, row);
      await this.record(actor, 'conversation.created', row.id, { workflowId });
    });
    return row;
  }

  /** Those with the newest message first. */
  async list(
    actor: Actor,
    workflowId: string,
    { limit, cursor, q }: ConversationSearch,
  ): Promise<Page<ConversationRow>> {
    await this.workflows.get(actor, workflowId);
    const after = cursor === undefined ? null : decodeTimeCursor(cursor);
    const rows = await this.conversations.listPage(actor, { workflowId, title: q, after, take: limit + 1 });
    return toPage(rows, limit, ({ lastMessageAt, id }) => ({ sort: lastMessageAt.toISOString(), id }));
  }

  async get(actor: Actor, id: string): Promise<ConversationRow> {
    const row = await this.conversations.findById(actor, id);
    if (row === null) throw notFound('conversation', id);
    return row;
  }

  async rename(actor: Actor, id: string, title: string): Promise<ConversationRow> {
    await this.transactions.run(async () => {
      if (!(await this.conversations.rename(actor, id, title))) throw notFound('conversation', id);
      await this.record(actor, 'conversation.renamed', id, { title });
    });
    return this.get(actor, id);
  }

  /** Hides it at once; the engine's memory of it and then its rows go in the background (S9). */
  async delete(actor: Actor, id: string): Promise<void> {
    await this.transactions.run(async () => {
      if (!(await this.conversations.markDeleted(actor, id, this.clock.now())))
        throw notFound('conversation', id);
      await this.record(actor, 'conversation.deleted', id);
    });
  }

  private async record(
    actor: Actor,
    action: string,
    objectId: string,
    changes: JsonObject = {},
  ): Promise<void> {
    await this.audit.record(actor, { action, objectType: 'conversation', objectId, changes });
  }
}
