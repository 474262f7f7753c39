import { Injectable } from '@nestjs/common';
import { notFound, type Actor } from '@weir/kernel';
import { FlowPreparation, type InlineSecrets, type PreparedFlows } from './flow-preparation';
import { readFlow } from './read-flows';
import { VersionsRepository, type LatestVersion } from './versions.repository';
import { WorkflowWriter } from './workflow-writer';
import { changedInBetween, tooManyWriters } from './workflows.errors';

export interface FlowUpdate {
  readonly flowData: unknown;
  readonly inlineSecrets: InlineSecrets;
  /** The ETag that the client saw; null takes whatever is there. */
  readonly expectedRevision: number | null;
}

export interface FlowUpdated {
  /** False when the flow was the same as before. */
  readonly changed: boolean;
  readonly secretsStored: readonly string[];
}

const MAX_ATTEMPTS = 5;

/** New versions of a workflow's flow. */
@Injectable()
export class FlowEditingService {
  constructor(
    private readonly versions: VersionsRepository,
    private readonly preparation: FlowPreparation,
    private readonly writer: WorkflowWriter,
  ) {}

  /**
   * A flow that differs from the latest version becomes the next one; drafts are welcome, so it need not be runnable yet.
   * What a client was shown masked and sends back masked stays as it is.
   */
  async replaceFlow(actor: Actor, id: string, update: FlowUpdate): Promise<FlowUpdated> {
    for (let attempt = 1; ; attempt++) {
      const current = await this.getOwnLatest(actor, id);
      const { expectedRevision } = update;
      if (expectedRevision !== null && current.revision !== expectedRevision)
        throw changedInBetween(current.name);
      const prepared = await this.prepare(actor, current, update);
      const updated = await this.write(actor, current, prepared);
      if (updated !== null) return updated;
      // Somebody wrote in between: what masks stand for may have changed, so all of it is done again.
      if (expectedRevision !== null) throw changedInBetween(current.name);
      if (attempt === MAX_ATTEMPTS) throw tooManyWriters(current.name);
    }
  }

  private async getOwnLatest(actor: Actor, id: string): Promise<LatestVersion> {
    const current = await this.versions.findLatest(actor, id);
    if (current === null || !current.own) throw notFound('workflow', id);
    return current;
  }

  private prepare(
    actor: Actor,
    current: LatestVersion,
    { flowData, inlineSecrets }: FlowUpdate,
  ): Promise<PreparedFlows> {
    return this.preparation.prepare(
      actor,
      [readFlow(flowData, '/flowData')],
      inlineSecrets,
      current.flowData,
    );
  }

  /** Null when the workflow was changed since `current` was read. */
  private async write(
    actor: Actor,
    current: LatestVersion,
    { flows, secrets }: PreparedFlows,
  ): Promise<FlowUpdated | null> {
    const secretsStored = secrets.map(({ name }) => name);
    const [flow] = flows;
    if (flow === undefined || flow.contentHash === current.contentHash) {
      if (secrets.length > 0) await this.writer.storeSecrets(actor, current.id, secrets);
      return { changed: false, secretsStored };
    }
    return (await this.writer.insertVersion(actor, current, { flow, secrets }))
      ? { changed: true, secretsStored }
      : null;
  }
}
