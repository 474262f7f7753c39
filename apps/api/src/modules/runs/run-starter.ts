import { Injectable } from '@nestjs/common';
import { errorCode, type Actor } from '@weir/kernel';
import { WorkflowChangedError } from '../workflows/workflows.service';
import { ActiveRuns } from './active-runs';
import type { Turn } from './conversation-turns';
import { LiveRun } from './live-run';
import type { Run, RunInput } from './run';
import { RunExecutor } from './run-executor';
import { RunFactory } from './run-factory';
import { RunLauncher } from './run-launcher';
import { RunPreparation, type PreparedRun } from './run-preparation';
import { quotaExceeded, workflowChanging } from './runs.errors';

interface Launched extends PreparedRun {
  readonly run: Run;
  readonly turn: Turn | null;
}

/** The first may start from memory; the others meet a workflow that changes at this very moment. */
const MAX_ATTEMPTS = 4;

/** From a request to a run that this process executes. */
@Injectable()
export class RunStarter {
  constructor(
    private readonly preparation: RunPreparation,
    private readonly factory: RunFactory,
    private readonly launcher: RunLauncher,
    private readonly executor: RunExecutor,
    private readonly active: ActiveRuns,
  ) {}

  /**
   * The run is there and under way when this resolves; it goes on whatever becomes of the caller.
   * @throws AppError 503 `shutting_down`, and those of {@link RunPreparation} and {@link RunLauncher}: then there is no run
   */
  start(actor: Actor, workflowId: string, input: RunInput): Promise<LiveRun> {
    return this.active.admit(() => this.begin(actor, workflowId, input));
  }

  private async begin(actor: Actor, workflowId: string, input: RunInput): Promise<LiveRun> {
    const { workflow, secretValues, run, turn } = await this.launch(actor, workflowId, input);
    const live = new LiveRun(actor, run);
    this.active.add(live);
    const request = {
      workflowId,
      versionNumber: run.versionNumber,
      readyFlowId: workflow.readyFlowId,
      // Never shared: the chat memory of one conversation, or of this run alone (F81).
      sessionId: run.conversationId ?? run.id,
      input: run.input,
      tweaks: input.tweaks,
      bindings: workflow.bindings,
      secretValues,
      timeoutMs: workflow.deadlineSeconds * 1000,
    };
    void this.active.track(this.executor.execute(actor, { live, turn, request }));
    return live;
  }

  /** A workflow that changed since it was read is read again. */
  private async launch(actor: Actor, workflowId: string, input: RunInput): Promise<Launched> {
    for (let attempt = 1; ; attempt += 1) {
      const prepared = await this.preparation.prepare(actor, workflowId);
      const run = this.factory.make(actor, prepared.workflow, input);
      try {
        return { ...prepared, run, turn: await this.launcher.launch(actor, run, prepared.workflow) };
      } catch (error) {
        if (isQuotaExceeded(error)) throw quotaExceeded(run.createdAt);
        if (!(error instanceof WorkflowChangedError)) throw error;
        if (attempt === MAX_ATTEMPTS) throw workflowChanging(error);
        this.preparation.forget(actor, workflowId);
      }
    }
  }
}

/** What the trigger raises that counts the runs of a key. */
function isQuotaExceeded(error: unknown): boolean {
  return errorCode(error) === 'WR002';
}
