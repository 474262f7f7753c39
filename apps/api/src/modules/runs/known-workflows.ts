import { Injectable } from '@nestjs/common';
import type { Actor } from '@weir/kernel';
import type { RunnableWorkflow } from '../workflows/workflows.service';

const MAX_KNOWN = 1_000;

/**
 * What the last run of a person found its workflow to be, so that the next one need not read it again. Nothing is believed:
 * the transaction that makes the run asserts that it still holds, and forgets it here when it does not.
 */
@Injectable()
export class KnownWorkflows {
  private readonly known = new Map<string, RunnableWorkflow>();

  find(actor: Actor, id: string): RunnableWorkflow | null {
    // What one key of a person ran is not there for another that is limited to other workflows.
    if (actor.workflowIds?.includes(id) === false) return null;
    return this.known.get(keyOf(actor, id)) ?? null;
  }

  /** Only what is ready in the engine: anything else is about to change. */
  remember(actor: Actor, workflow: RunnableWorkflow): void {
    if (workflow.readyFlowId === null) return;
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    this.known.set(keyOf(actor, workflow.id), workflow);
  }

  forget(actor: Actor, id: string): void {
    this.known.delete(keyOf(actor, id));
  }
}

/** What is known is known about this person in this organization (F16). */
function keyOf({ organizationId, userId }: Actor, id: string): string {
  return `${organizationId}:${userId}:${id}`;
}
