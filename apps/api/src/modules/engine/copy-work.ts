import { Injectable } from '@nestjs/common';
import { Clock, newId, type Actor } from '@weir/kernel';
import { isEngineError, type EngineError } from '@weir/langflow-client';
import { Logger } from '@weir/logging';
import { EngineConnection } from './engine-connection';
import { EngineFlowsRepository, type CopyFailure, type EngineCopy } from './engine-flows.repository';
import { EngineIdentities } from './engine-identities';
import { FlowSources, type FlowSourceDocument } from './flow-sources';

/** Longest time that one piece of work may hold a lease; more than any request to the engine takes. */
export const LEASE_SECONDS = 30;
const REQUEST_TIMEOUT_MS = 20_000;

const MAX_ATTEMPTS = 5;
const FIRST_RETRY_MS = 1_000;
const SLOWEST_RETRY_MS = 60_000;
const FAILED_RETRY_MS = 10 * 60_000;

/** What one copy needs from the engine, done once, with the outcome recorded. The caller holds the lease. */
@Injectable()
export class CopyWork {
  constructor(
    private readonly connection: EngineConnection,
    private readonly identities: EngineIdentities,
    private readonly copies: EngineFlowsRepository,
    private readonly sources: FlowSources,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * @returns `gone` when there is no copy any more
   * @throws EngineError when the engine did not do it; that is recorded already
   */
  async perform(actor: Actor, copy: EngineCopy): Promise<'pushed' | 'gone'> {
    try {
      return await (copy.state === 'deleting' ? this.remove(actor, copy) : this.push(actor, copy));
    } catch (error) {
      await this.recordFailure(actor, copy, error);
      throw error;
    }
  }

  private async push(actor: Actor, copy: EngineCopy): Promise<'pushed' | 'gone'> {
    const flow = await this.sources.getFlow(actor, copy.workflowId, copy.versionNumber);
    // The workflow was deleted, or is no longer shared with this person: so goes its copy.
    if (flow === null) return this.remove(actor, copy);
    const token = this.identities.tokenFor(actor);
    await this.connection.management.putFlow(token, copy.id, toPush(copy, flow), {
      totalMs: REQUEST_TIMEOUT_MS,
    });
    if (!(await this.copies.recordPush(actor, copy))) await this.copies.endLease(actor, copy.id);
    return 'pushed';
  }

  /** What is gone already is fine. */
  private async remove(actor: Actor, copy: EngineCopy): Promise<'gone'> {
    const token = this.identities.tokenFor(actor);
    await this.connection.management.deleteFlow(token, copy.id, { totalMs: REQUEST_TIMEOUT_MS });
    await this.copies.delete(actor, copy.id);
    return 'gone';
  }

  private async recordFailure(actor: Actor, copy: EngineCopy, error: unknown): Promise<void> {
    const recorded = await this.copies.recordFailure(actor, copy, this.toFailure(copy, error));
    if (!recorded) return this.copies.endLease(actor, copy.id);
    // The id belongs to another user of the engine (a restored database, say): the next attempt uses a fresh one.
    if (copy.state !== 'deleting' && isEngineError(error, 'flow_not_found'))
      await this.copies.changeId(actor, copy.id, newId());
    this.logger.warn({
      event: 'engine.copy_failed',
      workflowId: copy.workflowId,
      state: copy.state,
      attempts: copy.attempts + 1,
      err: error,
    });
  }

  private toFailure(copy: EngineCopy, error: unknown): CopyFailure {
    const isTransient = isEngineError(error, 'unreachable', 'timeout', 'aborted');
    const givesUp = isEngineError(error, 'flow_refused') || copy.attempts + 1 >= MAX_ATTEMPTS;
    // Deleting never gives up, and an engine that is away says nothing about the workflow.
    if (copy.state === 'deleting' || isTransient || !givesUp) {
      const state = copy.state === 'deleting' ? 'deleting' : 'pending';
      return {
        state,
        error: reasonOf(error),
        retryAt: this.retryAt(Math.min(FIRST_RETRY_MS * 2 ** copy.attempts, SLOWEST_RETRY_MS)),
      };
    }
    return { state: 'failed', error: reasonOf(error), retryAt: this.retryAt(FAILED_RETRY_MS) };
  }

  /** Varied by a half either way, so that what failed together does not come back together. */
  private retryAt(pauseMs: number): Date {
    return new Date(this.clock.now().getTime() + pauseMs * (0.5 + Math.random()));
  }
}

/** Names are unique per engine user; the end of the id keeps ours apart. */
function toPush(copy: EngineCopy, { name, description, flowData }: FlowSourceDocument) {
  return {
    name: `${name.slice(0, 200)} · ${copy.id.slice(-6)}`,
    description: description ?? '',
    data: flowData,
  };
}

/** For the workflow's owner: readable, and without anything of the engine's own words but those about the flow itself. */
function reasonOf(error: unknown): string {
  if (!isEngineError(error)) return 'The copy for the engine could not be made. It is tried again.';
  return error.kind === 'flow_refused' ? refusalOf(error) : error.message;
}

function refusalOf(error: EngineError): string {
  const words = (error.providerMessage ?? '')
    .replaceAll(/https?:\/\/\S+/g, '…')
    .slice(0, 300)
    .trim();
  return words === '' ? error.message : `${error.message} It says: ${words}`;
}
