import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import { Clock, newId, type Actor } from '@weir/kernel';
import type { ExecutionMode } from '../engine/engine-run';
import type { RunnableWorkflow } from '../workflows/workflows.service';
import type { Run, RunInput } from './run';

/** Makes a run as it begins: executed at once by the process that made it. */
@Injectable()
export class RunFactory {
  private readonly executionMode: ExecutionMode;

  constructor(
    @Inject(CONFIG) config: AppConfig,
    private readonly clock: Clock,
  ) {
    // Until the engine says otherwise: a fallback is known only when it happened.
    this.executionMode = config.engine.driver === 'simulated' ? 'simulated' : 'engine';
  }

  make({ apiKeyId }: Actor, workflow: RunnableWorkflow, { input, mode, conversationId }: RunInput): Run {
    const now = this.clock.now();
    return {
      id: newId(),
      workflowId: workflow.id,
      versionNumber: workflow.versionNumber,
      conversationId,
      mode,
      apiKeyId: apiKeyId ?? null,
      state: 'running',
      attempt: 1,
      executionMode: this.executionMode,
      input,
      output: null,
      problem: null,
      usage: null,
      engineMs: null,
      deadlineAt: new Date(now.getTime() + workflow.deadlineSeconds * 1000),
      createdAt: now,
      startedAt: now,
      finishedAt: null,
    };
  }
}
