import { Injectable } from '@nestjs/common';
import type { FlowData } from '@weir/flow';
import type { Actor } from '@weir/kernel';

/** What the engine gets to know of one version of a workflow. */
export interface FlowSourceDocument {
  readonly name: string;
  readonly description: string | null;
  readonly flowData: FlowData;
}

export interface FlowSource {
  /** Null when there is no such version, or the workflow is deleted. */
  getFlow(actor: Actor, workflowId: string, versionNumber: number): Promise<FlowSourceDocument | null>;
}

/** Where flows come from: the workflows feature, which stands above this one and registers itself when it starts. */
@Injectable()
export class FlowSources {
  private source: FlowSource | null = null;

  register(source: FlowSource): void {
    this.source = source;
  }

  getFlow(actor: Actor, workflowId: string, versionNumber: number): Promise<FlowSourceDocument | null> {
    if (this.source === null) throw new Error('No feature registered itself as the source of flows.');
    return this.source.getFlow(actor, workflowId, versionNumber);
  }
}
