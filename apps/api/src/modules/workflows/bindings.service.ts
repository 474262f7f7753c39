import { Injectable } from '@nestjs/common';
import type { Binding } from '@weir/flow';
import { notFound, type Actor } from '@weir/kernel';
import { SecretsService } from '../secrets/secrets.service';
import { WorkflowsRepository } from './workflows.repository';

/** Where a run by this actor would take the value from. */
export type Resolution = 'user' | 'owner' | 'organization' | 'missing';

export interface ResolvedBinding extends Binding {
  readonly resolved: Resolution;
}

@Injectable()
export class BindingsService {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly secrets: SecretsService,
  ) {}

  /** Every place of the runnable version that refers to a secret, with where its value would come from now. */
  async list(actor: Actor, workflowId: string): Promise<ResolvedBinding[]> {
    const workflow = await this.workflows.findRunnable(actor, workflowId);
    if (workflow === null) throw notFound('workflow', workflowId);
    const names = [...new Set(workflow.bindings.map(({ secretName }) => secretName))];
    const resolutions = await this.secrets.describeResolution(actor, names);
    return workflow.bindings.map((binding) => ({
      ...binding,
      resolved: resolutions.get(binding.secretName) ?? 'missing',
    }));
  }
}
