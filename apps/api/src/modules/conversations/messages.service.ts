import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { decodeCursor, notFound, toPage, type Actor, type Page, type PageRequest } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import type { Run, RunMode } from '../runs/run';
import { RunStream } from '../runs/run-stream';
import { RunsService } from '../runs/runs.service';
import { editNotAllowed, feedbackNotAllowed } from './conversations.errors';
import { ConversationsService } from './conversations.service';
import { MessagesRepository, type MessageOrder, type MessageRow } from './messages.repository';

export interface MessageSearch extends PageRequest {
  readonly order: MessageOrder;
}

export interface NewMessage {
  readonly content: string;
  readonly mode: RunMode;
}

/** A question, its answer, and the run between them. */
export interface MessageExchange {
  readonly question: MessageRow;
  readonly answer: MessageRow;
  readonly run: Run;
}

@Injectable()
export class MessagesService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly conversations: ConversationsService,
    private readonly messages: MessagesRepository,
    private readonly runs: RunsService,
    private readonly audit: AuditService,
  ) {}

  /** Both messages are there from the start of the run on, and in every ending of it. */
  async send(
    actor: Actor,
    conversationId: string,
    { content, mode }: NewMessage,
  ): Promise<MessageExchange | RunStream> {
    const { workflowId } = await this.conversations.get(actor, conversationId);
    const reply = await this.runs.start(actor, workflowId, {
      input: content,
      mode,
      conversationId,
      tweaks: {},
    });
    if (reply instanceof RunStream) return reply;
    const [question, answer] = await this.messages.listOfRun(actor, reply.id);
    // Deleted while the run was under way.
    if (question === undefined || answer === undefined) throw notFound('conversation', conversationId);
    return { question, answer, run: reply };
  }

  async list(
    actor: Actor,
    conversationId: string,
    { limit, cursor, order }: MessageSearch,
  ): Promise<Page<MessageRow>> {
    await this.conversations.get(actor, conversationId);
    const afterId = cursor === undefined ? null : decodeCursor(cursor).id;
    const rows = await this.messages.listPage(actor, { conversationId, afterId, order, take: limit + 1 });
    return toPage(rows, limit, ({ id }) => ({ sort: id, id }));
  }

  /** On an answer of the assistant; the last word counts. Null takes it back. */
  async giveFeedback(
    actor: Actor,
    conversationId: string,
    id: string,
    feedback: string | null,
  ): Promise<MessageRow> {
    const message = await this.get(actor, conversationId, id);
    if (message.role !== 'assistant') throw feedbackNotAllowed(id);
    if (message.feedback === feedback) return message;
    await this.transactions.run(async () => {
      await this.messages.setFeedback(actor, id, feedback);
      await this.audit.record(actor, {
        action: 'message.rated',
        objectType: 'message',
        objectId: id,
        changes: { feedback },
      });
    });
    return this.get(actor, conversationId, id);
  }

  /** One's own message; what was said at first is kept (S10). The engine's memory of the conversation stays as it is. */
  async edit(actor: Actor, conversationId: string, id: string, content: string): Promise<MessageRow> {
    const message = await this.get(actor, conversationId, id);
    if (message.role !== 'user') throw editNotAllowed(id);
    await this.transactions.run(async () => {
      await this.messages.edit(actor, id, {
        content,
        originalContent: message.originalContent ?? message.content,
      });
      await this.audit.record(actor, { action: 'message.edited', objectType: 'message', objectId: id });
    });
    return this.get(actor, conversationId, id);
  }

  private async get(actor: Actor, conversationId: string, id: string): Promise<MessageRow> {
    await this.conversations.get(actor, conversationId);
    const message = await this.messages.findById(actor, conversationId, id);
    if (message === null) throw notFound('message', id);
    return message;
  }
}
