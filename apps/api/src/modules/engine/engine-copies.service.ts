import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { newId, notFound, type Actor } from '@weir/kernel';
import { CopyWork, LEASE_SECONDS } from './copy-work';
import { EngineConnection } from './engine-connection';
import { EngineFlowsRepository, type CopyState, type EngineCopy } from './engine-flows.repository';
import { engineUnavailable } from './engine.errors';

/** How the engine's copy of a workflow is doing, for the workflow's own view. */
export interface CopyDescription {
  readonly state: CopyState;
  /** Readable reason of the last failure. */
  readonly error: string | null;
}

const POLL_MS = 100;
const MAX_POLLS = (LEASE_SECONDS * 1000) / POLL_MS;

/**
 * Copies of workflows in the engine. The truth is in our database; a copy is a recorded wish that background work
 * fulfils and repairs, and that a run may hurry up.
 */
@Injectable()
export class EngineCopies {
  constructor(
    private readonly connection: EngineConnection,
    private readonly copies: EngineFlowsRepository,
    private readonly work: CopyWork,
  ) {}

  /**
   * The workflow's owner wants the engine to hold this version. Joins the caller's transaction and only records.
   * Without an engine nothing is recorded, but a copy from earlier times is brought up to date when there is one again.
   */
  async requestCopy(actor: Actor, workflowId: string, versionNumber: number): Promise<void> {
    if (this.connection.exists) await this.copies.request(actor, workflowId, workflowId, versionNumber);
    else await this.copies.requestExisting(actor, workflowId, versionNumber);
  }

  /** The workflow is deleted: its copy goes as soon as the engine is there. Joins the caller's transaction. */
  requestDeletion(actor: Actor, workflowId: string): Promise<void> {
    return this.copies.requestDeletion(actor, workflowId);
  }

  /** Null when the engine was never asked to hold this workflow. */
  async describe(actor: Actor, workflowId: string): Promise<CopyDescription | null> {
    const copy = await this.copies.findByWorkflow(actor, workflowId);
    return copy === null ? null : toDescription(copy);
  }

  /** As {@link describe}, for a page of workflows in one query; those without a copy are left out. */
  async describeMany(
    actor: Actor,
    workflowIds: readonly string[],
  ): Promise<ReadonlyMap<string, CopyDescription>> {
    const copies = await this.copies.listByWorkflows(actor, workflowIds);
    return new Map(copies.map((copy) => [copy.workflowId, toDescription(copy)]));
  }

  /**
   * Makes sure that the engine holds this version, pushing it now if need be.
   * @returns the flow's id in the engine
   * @throws EngineError when the engine does not take it, AppError 404 when the workflow is gone
   */
  async ensureReady(actor: Actor, workflowId: string, versionNumber: number): Promise<string> {
    for (let poll = 0; poll < MAX_POLLS; poll++) {
      const copy = await this.copies.findByWorkflow(actor, workflowId);
      if (isReady(copy, versionNumber)) return copy.id;
      await this.approachReady(actor, workflowId, versionNumber, copy);
    }
    throw engineUnavailable();
  }

  /** The engine did not have a copy that we took for ready: pushes it again. */
  async repair(actor: Actor, workflowId: string, versionNumber: number): Promise<string> {
    const found = await this.copies.findByWorkflow(actor, workflowId);
    if (found !== null) await this.copies.markMissing(actor, found.id);
    return this.ensureReady(actor, workflowId, versionNumber);
  }

  /** One step: ask for the version, or push it, or wait for whoever has the lease. */
  private async approachReady(
    actor: Actor,
    workflowId: string,
    versionNumber: number,
    copy: EngineCopy | null,
  ): Promise<void> {
    if (copy?.state === 'deleting') throw notFound('workflow', workflowId);
    if (copy === null || copy.versionNumber !== versionNumber) {
      // Another id than the workflow's: whoever has no copy yet is usually not its owner, and the owner's copy has that id.
      await this.copies.request(actor, workflowId, newId(), versionNumber);
    } else if (await this.copies.lease(actor, copy.id, LEASE_SECONDS)) {
      const outcome = await this.work.perform(actor, copy);
      if (outcome === 'gone') throw notFound('workflow', workflowId);
    } else {
      await delay(POLL_MS);
    }
  }
}

function isReady(copy: EngineCopy | null, versionNumber: number): copy is EngineCopy {
  return copy?.state === 'ready' && copy.versionNumber === versionNumber;
}

function toDescription({ state, error }: EngineCopy): CopyDescription {
  return { state, error };
}
