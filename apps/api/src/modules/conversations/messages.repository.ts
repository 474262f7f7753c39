import { Injectable } from '@nestjs/common';
import { Database, type Prisma } from '@weir/database';
import type { Actor } from '@weir/kernel';
import type { TokenUsage } from '@weir/langflow-client';
import type { TurnEnding, Turn } from '../runs/conversation-turns';

export interface MessageRow {
  readonly id: string;
  readonly conversationId: string;
  readonly runId: string | null;
  readonly role: 'user' | 'assistant';
  readonly status: string;
  readonly content: string;
  /** What was said at first; null while it was never edited. */
  readonly originalContent: string | null;
  readonly usage: Pick<TokenUsage, 'inputTokens' | 'outputTokens'> | null;
  readonly durationMs: number | null;
  readonly feedback: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewTurn extends Turn {
  readonly conversationId: string;
  readonly runId: string;
  readonly content: string;
  readonly at: Date;
}

export type MessageOrder = 'asc' | 'desc';

export interface MessageFilter {
  readonly conversationId: string;
  readonly afterId: string | null;
  readonly order: MessageOrder;
  /** Rows to read at most. */
  readonly take: number;
}

const COLUMNS = {
  id: true,
  conversationId: true,
  runId: true,
  role: true,
  status: true,
  content: true,
  originalContent: true,
  inputTokens: true,
  outputTokens: true,
  durationMs: true,
  feedback: true,
  createdAt: true,
  updatedAt: true,
} as const;

type DatabaseRow = Prisma.MessageGetPayload<{ select: typeof COLUMNS }>;

/** Messages are strictly the person's own. Their ids sort as they were said. */
@Injectable()
export class MessagesRepository {
  constructor(private readonly database: Database) {}

  /** The question and the place for its answer. */
  async insertTurn(
    actor: Actor,
    { userMessageId, assistantMessageId, conversationId, runId, content, at }: NewTurn,
  ): Promise<void> {
    const shared = { ...own(actor), conversationId, runId, createdAt: at, updatedAt: at };
    await this.database.client.message.createMany({
      data: [
        { ...shared, id: userMessageId, role: 'user', status: 'complete', content },
        { ...shared, id: assistantMessageId, role: 'assistant', status: 'pending', content: '' },
      ],
    });
  }

  async end(
    actor: Actor,
    { assistantMessageId, status, content, usage, durationMs }: TurnEnding,
  ): Promise<void> {
    await this.database.client.message.updateMany({
      where: { ...own(actor), id: assistantMessageId, status: 'pending' },
      data: {
        status,
        content,
        inputTokens: usage?.inputTokens ?? null,
        outputTokens: usage?.outputTokens ?? null,
        durationMs,
      },
    });
  }

  /** The question first. */
  async listOfRun(actor: Actor, runId: string): Promise<MessageRow[]> {
    const rows = await this.database.client.message.findMany({
      where: { ...own(actor), runId },
      orderBy: { id: 'asc' },
      take: 2,
      select: COLUMNS,
    });
    return rows.map(toMessage);
  }

  async listPage(
    actor: Actor,
    { conversationId, afterId, order, take }: MessageFilter,
  ): Promise<MessageRow[]> {
    const place = order === 'asc' ? { gt: afterId ?? '' } : { lt: afterId ?? '' };
    const rows = await this.database.client.message.findMany({
      where: { ...own(actor), conversationId, ...(afterId === null ? {} : { id: place }) },
      orderBy: { id: order },
      take,
      select: COLUMNS,
    });
    return rows.map(toMessage);
  }

  async findById(actor: Actor, conversationId: string, id: string): Promise<MessageRow | null> {
    const row = await this.database.client.message.findFirst({
      where: { ...own(actor), conversationId, id },
      select: COLUMNS,
    });
    return row === null ? null : toMessage(row);
  }

  async setFeedback(actor: Actor, id: string, feedback: string | null): Promise<void> {
    await this.database.client.message.updateMany({
      where: { ...own(actor), id, role: 'assistant' },
      data: { feedback },
    });
  }

  async edit(
    actor: Actor,
    id: string,
    { content, originalContent }: Pick<MessageRow, 'content' | 'originalContent'>,
  ): Promise<void> {
    await this.database.client.message.updateMany({
      where: { ...own(actor), id, role: 'user' },
      data: { content, originalContent },
    });
  }
}

function own({ organizationId, userId }: Actor): { organizationId: string; userId: string } {
  return { organizationId, userId };
}

function toMessage({ inputTokens, outputTokens, role, ...same }: DatabaseRow): MessageRow {
  const usage = inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens };
  return { ...same, role: role === 'user' ? 'user' : 'assistant', usage };
}
