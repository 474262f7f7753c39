import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { currentContext, type Actor } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { IdempotencyService } from '../idempotency/idempotency.service';
import { WorkflowsService, type RunnableWorkflow } from '../workflows/workflows.service';
import { ConversationTurns, type Turn } from './conversation-turns';
import { LEASE_MS } from './lease';
import type { Run } from './run';
import { RunsRepository } from './runs.repository';

/** Makes the row of a run, and everything that must not exist without it, in one transaction. */
@Injectable()
export class RunLauncher {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly workflows: WorkflowsService,
    private readonly runs: RunsRepository,
    private readonly turns: ConversationTurns,
    private readonly idempotency: IdempotencyService,
    private readonly audit: AuditService,
  ) {}

  /**
   * @returns the messages of the run, when it is part of a conversation
   * @throws AppError 404 when there is no such conversation with this workflow
   * @throws WorkflowChangedError when the workflow is not what the run was prepared for: there is no run then
   */
  launch(actor: Actor, run: Run, workflow: RunnableWorkflow): Promise<Turn | null> {
    const { conversationId } = run;
    if (conversationId === null) {
      return this.transactions.runAtOnce(async () => {
        await Promise.all([this.insert(actor, run, workflow), this.record(actor, run)]);
        return null;
      });
    }
    return this.transactions.run(async () => {
      const turn = await this.takeTurn(actor, run, workflow, conversationId);
      await this.record(actor, run);
      return turn;
    });
  }

  /** The conversation first, so that a foreign one is a 404 before its key is written anywhere. */
  private async takeTurn(
    actor: Actor,
    run: Run,
    workflow: RunnableWorkflow,
    conversationId: string,
  ): Promise<Turn> {
    const opening = { conversationId, workflowId: run.workflowId, content: run.input, at: run.createdAt };
    const turn = await this.turns.get().open(actor, opening);
    await this.insert(actor, run, workflow);
    await this.turns.get().store(actor, run.id, opening, turn);
    return turn;
  }

  private async insert(actor: Actor, run: Run, workflow: RunnableWorkflow): Promise<void> {
    const leaseUntil = new Date(run.createdAt.getTime() + LEASE_MS);
    const requestId = currentContext()?.requestId ?? 'background';
    await Promise.all([
      this.workflows.assertUnchanged(actor, workflow),
      this.runs.insert(actor, { ...run, leaseUntil, requestId }),
    ]);
  }

  private async record(actor: Actor, run: Run): Promise<void> {
    await Promise.all([
      this.idempotency.linkRun(actor, run.id),
      this.audit.record(actor, {
        action: 'run.started',
        objectType: 'run',
        objectId: run.id,
        changes: { workflowId: run.workflowId, version: run.versionNumber, mode: run.mode },
      }),
    ]);
  }
}
