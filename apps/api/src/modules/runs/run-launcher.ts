import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { currentContext, type Actor } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { IdempotencyService } from '../idempotency/idempotency.service';
import { ConversationTurns, type Turn } from './conversation-turns';
import { LEASE_MS } from './lease';
import type { Run } from './run';
import { RunsRepository } from './runs.repository';

/** Makes the row of a run, and everything that must not exist without it, in one transaction. */
@Injectable()
export class RunLauncher {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly runs: RunsRepository,
    private readonly turns: ConversationTurns,
    private readonly idempotency: IdempotencyService,
    private readonly audit: AuditService,
  ) {}

  /**
   * @returns the messages of the run, when it is part of a conversation
   * @throws AppError 404 when there is no such conversation with this workflow
   */
  launch(actor: Actor, run: Run): Promise<Turn | null> {
    return this.transactions.run(async () => {
      const turn = run.conversationId === null ? null : await this.takeTurn(actor, run, run.conversationId);
      // Sent together: they do not depend on one another, and each answer waited for is a round trip of every run.
      await Promise.all([
        turn === null ? this.insert(actor, run) : null,
        this.idempotency.linkRun(actor, run.id),
        this.audit.record(actor, {
          action: 'run.started',
          objectType: 'run',
          objectId: run.id,
          changes: { workflowId: run.workflowId, version: run.versionNumber, mode: run.mode },
        }),
      ]);
      return turn;
    });
  }

  /** The conversation first, so that a foreign one is a 404 before its key is written anywhere. */
  private async takeTurn(actor: Actor, run: Run, conversationId: string): Promise<Turn> {
    const opening = { conversationId, workflowId: run.workflowId, content: run.input, at: run.createdAt };
    const turn = await this.turns.get().open(actor, opening);
    await this.insert(actor, run);
    await this.turns.get().store(actor, run.id, opening, turn);
    return turn;
  }

  private insert(actor: Actor, run: Run): Promise<void> {
    const leaseUntil = new Date(run.createdAt.getTime() + LEASE_MS);
    return this.runs.insert(actor, {
      ...run,
      leaseUntil,
      requestId: currentContext()?.requestId ?? 'background',
    });
  }
}
