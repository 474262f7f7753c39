import { Injectable, type OnModuleInit } from '@nestjs/common';
import { newId, notFound, type Actor } from '@weir/kernel';
import {
  ConversationTurns,
  type Turn,
  type TurnEnding,
  type TurnOpening,
  type Turns,
} from '../runs/conversation-turns';
import { titleOf } from './conversation-title';
import { ConversationsRepository } from './conversations.repository';
import { MessagesRepository } from './messages.repository';

/** What a run does to its conversation, in the transactions of the run: see the port that this fills. */
@Injectable()
export class MessageTurns implements Turns, OnModuleInit {
  constructor(
    private readonly port: ConversationTurns,
    private readonly conversations: ConversationsRepository,
    private readonly messages: MessagesRepository,
  ) {}

  onModuleInit(): void {
    this.port.register(this);
  }

  async open(actor: Actor, { conversationId, workflowId, content, at }: TurnOpening): Promise<Turn> {
    const touch = { id: conversationId, workflowId, title: titleOf(content), at };
    if (!(await this.conversations.touch(actor, touch))) throw notFound('conversation', conversationId);
    // In this order: ids sort as they were made, and the question comes first.
    const userMessageId = newId();
    return { userMessageId, assistantMessageId: newId() };
  }

  store(
    actor: Actor,
    runId: string,
    { conversationId, content, at }: TurnOpening,
    turn: Turn,
  ): Promise<void> {
    return this.messages.insertTurn(actor, { ...turn, conversationId, runId, content, at });
  }

  end(actor: Actor, ending: TurnEnding): Promise<void> {
    return this.messages.end(actor, ending);
  }

  async find(actor: Actor, runId: string): Promise<Turn | null> {
    const [question, answer] = await this.messages.listOfRun(actor, runId);
    if (question === undefined || answer === undefined) return null;
    return { userMessageId: question.id, assistantMessageId: answer.id };
  }
}
