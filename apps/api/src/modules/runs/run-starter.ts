import { Injectable } from '@nestjs/common';
import type { Actor } from '@weir/kernel';
import { ActiveRuns } from './active-runs';
import { LiveRun } from './live-run';
import type { RunInput } from './run';
import { RunExecutor } from './run-executor';
import { RunFactory } from './run-factory';
import { RunLauncher } from './run-launcher';
import { RunPreparation } from './run-preparation';

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
    const { workflow, secretValues } = await this.preparation.prepare(actor, workflowId);
    const run = this.factory.make(workflow, input);
    const turn = await this.launcher.launch(actor, run);
    const live = new LiveRun(actor, run);
    this.active.add(live);
    const request = {
      workflowId,
      versionNumber: run.versionNumber,
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
}
