import { BoolField, DateField, EnumField, IntField, ObjectField, TextField, UuidField } from '@weir/http';
import type { Page } from '@weir/kernel';
import { RunStream } from '../runs/run-stream';
import { RunView, toRunView, UsageView } from '../runs/run.view';
import type { ConversationRow } from './conversations.repository';
import type { MessageRow } from './messages.repository';
import type { MessageExchange } from './messages.service';

export class ConversationView {
  @UuidField() readonly id!: string;
  @UuidField() readonly workflowId!: string;
  @TextField({ max: 200, nullable: true, example: 'Where does the river end?' }) readonly title!:
    string | null;
  @DateField({ about: 'When the last message was sent.' }) readonly lastMessageAt!: string;
  @DateField() readonly createdAt!: string;
  @DateField() readonly updatedAt!: string;
}

export class MessageView {
  @UuidField() readonly id!: string;
  @UuidField() readonly conversationId!: string;
  @UuidField({ nullable: true, about: 'The run that answered; null when it was removed.' })
  readonly runId!: string | null;
  @EnumField(['user', 'assistant']) readonly role!: string;
  @EnumField(['pending', 'complete', 'partial', 'failed'], {
    about: '`pending` while the run goes on, `partial` when it ended before the answer was complete.',
    example: 'complete',
  })
  readonly status!: string;
  @TextField({ max: 10_000_000, example: 'At the sea.' }) readonly content!: string;
  @BoolField({ about: 'Its author changed it.', example: false }) readonly edited!: boolean;
  @TextField({ max: 200_000, nullable: true, about: 'What was said before the first edit.', example: null })
  readonly originalContent!: string | null;
  @ObjectField(() => UsageView, { nullable: true, about: 'Tokens of an answer; null when no model ran.' })
  readonly usage!: UsageView | null;
  @IntField({
    min: 0,
    max: 2_147_483_647,
    nullable: true,
    about: 'Milliseconds that an answer took.',
    example: 1_204,
  })
  readonly durationMs!: number | null;
  @EnumField(['positive', 'negative'], { nullable: true }) readonly feedback!: string | null;
  @DateField() readonly createdAt!: string;
  @DateField() readonly updatedAt!: string;
}

export class MessageExchangeView {
  @ObjectField(() => MessageView) readonly userMessage!: MessageView;
  @ObjectField(() => MessageView) readonly assistantMessage!: MessageView;
  @ObjectField(() => RunView) readonly run!: RunView;
}

export function toConversationView(row: ConversationRow): ConversationView {
  const { id, workflowId, title, lastMessageAt, createdAt, updatedAt } = row;
  return {
    id,
    workflowId,
    title,
    lastMessageAt: lastMessageAt.toISOString(),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export function toConversationPageView({ data, nextCursor }: Page<ConversationRow>): Page<ConversationView> {
  return { data: data.map(toConversationView), nextCursor };
}

export function toMessageView(row: MessageRow): MessageView {
  const { id, conversationId, runId, role, status, content, originalContent, durationMs, feedback, usage } =
    row;
  return {
    id,
    conversationId,
    runId,
    role,
    status,
    content,
    edited: originalContent !== null,
    originalContent,
    usage: usage === null ? null : { ...usage, totalTokens: usage.inputTokens + usage.outputTokens },
    durationMs,
    feedback,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toMessagePageView({ data, nextCursor }: Page<MessageRow>): Page<MessageView> {
  return { data: data.map(toMessageView), nextCursor };
}

/** A stream passes as it is. */
export function toMessageReply(reply: MessageExchange | RunStream): MessageExchangeView | RunStream {
  if (reply instanceof RunStream) return reply;
  const { question, answer, run } = reply;
  return {
    userMessage: toMessageView(question),
    assistantMessage: toMessageView(answer),
    run: toRunView(run),
  };
}
