import { Injectable } from '@nestjs/common';
import type { Actor } from '@weir/kernel';
import type { TokenUsage } from '@weir/langflow-client';

/** The two messages of a run in a conversation: what was asked, and the place for the answer. */
export interface Turn {
  readonly userMessageId: string;
  readonly assistantMessageId: string;
}

export interface TurnOpening {
  readonly conversationId: string;
  readonly workflowId: string;
  readonly content: string;
  readonly at: Date;
}

export interface TurnEnding {
  readonly assistantMessageId: string;
  readonly status: 'complete' | 'partial' | 'failed';
  readonly content: string;
  readonly usage: TokenUsage | null;
  readonly durationMs: number;
}

/** How a run takes part in a conversation. Every method joins the transaction of the run's own change. */
export interface Turns {
  /** @throws AppError 404 when the conversation is not the actor's, is deleted, or belongs to another workflow */
  open(actor: Actor, opening: TurnOpening): Promise<Turn>;
  /** After the run's row is there: stores the question, and the answer as pending. */
  store(actor: Actor, runId: string, opening: TurnOpening, turn: Turn): Promise<void>;
  end(actor: Actor, ending: TurnEnding): Promise<void>;
  find(actor: Actor, runId: string): Promise<Turn | null>;
}

/** The port that conversations fill when they start: runs stand below them and must not know them. */
@Injectable()
export class ConversationTurns {
  private turns: Turns | null = null;

  register(turns: Turns): void {
    this.turns = turns;
  }

  get(): Turns {
    if (this.turns === null)
      throw new Error('No feature has registered what a run does to its conversation.');
    return this.turns;
  }
}
