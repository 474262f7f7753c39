import { Injectable } from '@nestjs/common';
import type { Binding } from '@weir/flow';
import type { Actor } from '@weir/kernel';
import { SecretsService } from '../secrets/secrets.service';
import { WorkflowsService, type RunnableWorkflow } from '../workflows/workflows.service';

import { KnownWorkflows } from './known-workflows';
import { flowBlocked, secretsMissing } from './runs.errors';

export interface PreparedRun {
  readonly workflow: RunnableWorkflow;
  /** In plain; they end with the run. */
  readonly secretValues: ReadonlyMap<string, string>;
}

/** What must be right before an engine hears of a run. */
@Injectable()
export class RunPreparation {
  constructor(
    private readonly workflows: WorkflowsService,
    private readonly secrets: SecretsService,
    private readonly known: KnownWorkflows,
  ) {}

  /** @throws AppError 404, 409 `workflow_archived`, 422 `flow_blocked`, 422 `secrets_missing` */
  async prepare(actor: Actor, workflowId: string): Promise<PreparedRun> {
    const workflow = this.known.find(actor, workflowId) ?? (await this.read(actor, workflowId));
    return { workflow, secretValues: await this.resolve(actor, workflow) };
  }

  /** What was prepared turned out to be out of date. */
  forget(actor: Actor, workflowId: string): void {
    this.known.forget(actor, workflowId);
  }

  private async read(actor: Actor, workflowId: string): Promise<RunnableWorkflow> {
    const workflow = await this.workflows.getRunnable(actor, workflowId);
    const blocking = workflow.findings.filter(({ severity }) => severity === 'block');
    if (blocking.length > 0) throw flowBlocked(workflow.name, blocking);
    this.known.remember(actor, workflow);
    return workflow;
  }

  private async resolve(
    actor: Actor,
    { id, bindings }: RunnableWorkflow,
  ): Promise<ReadonlyMap<string, string>> {
    if (bindings.length === 0) return new Map();
    const { values, missing } = await this.secrets.resolveForRun(actor, needsOf(bindings), id);
    if (missing.length > 0) throw secretsMissing(missing, bindings);
    return values;
  }
}

/** One entry a name; it is required as soon as one place requires it. */
function needsOf(bindings: readonly Binding[]): { secretName: string; required: boolean }[] {
  const required = new Map<string, boolean>();
  for (const binding of bindings) {
    required.set(binding.secretName, binding.required || (required.get(binding.secretName) ?? false));
  }
  return [...required].map(([secretName, isRequired]) => ({ secretName, required: isRequired }));
}
