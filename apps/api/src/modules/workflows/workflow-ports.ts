import { Injectable, type OnModuleInit } from '@nestjs/common';
import { FlowSources } from '../engine/flow-sources';
import { SecretUsage } from '../secrets/secret-usage';
import { VersionsRepository } from './versions.repository';
import { WorkflowsRepository } from './workflows.repository';

/** What features below workflows ask about them: the engine for flows, secrets for who uses one. */
@Injectable()
export class WorkflowPorts implements OnModuleInit {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly versions: VersionsRepository,
    private readonly sources: FlowSources,
    private readonly usage: SecretUsage,
  ) {}

  onModuleInit(): void {
    this.sources.register({
      getFlow: (actor, workflowId, versionNumber) =>
        this.versions.findSource(actor, workflowId, versionNumber),
    });
    this.usage.register((actor, secretName) => this.workflows.listUses(actor, secretName));
  }
}
