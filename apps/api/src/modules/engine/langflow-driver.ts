import { Injectable } from '@nestjs/common';
import {
  EngineError,
  isEngineError,
  type EngineEvent,
  type RunRequest,
  type RunResult,
} from '@weir/langflow-client';
import type { Actor } from '@weir/kernel';
import { EngineConnection } from './engine-connection';
import { EngineCopies } from './engine-copies.service';
import { EngineIdentities } from './engine-identities';
import { EngineMonitor } from './engine-monitor';
import type { EngineRunRequest } from './engine-run';
import type { RunDelivery } from './run-delivery';

/** A run on its way to the engine. */
interface Attempt {
  readonly apiKey: string;
  readonly flowId: string;
}

/**
 * Runs flows on Langflow. What an engine can have forgotten (a flow, an API key) is brought there again, once, and only
 * before anything of the run was seen; nothing else is repeated. Answers come back as they are: not redacted.
 */
@Injectable()
export class LangflowDriver {
  constructor(
    private readonly connection: EngineConnection,
    private readonly identities: EngineIdentities,
    private readonly copies: EngineCopies,
    private readonly monitor: EngineMonitor,
  ) {}

  /**
   * Through the stream as well: Langflow goes on with a synchronous run whose caller has left (the model is called, the
   * answer stored in the chat), but stops a stream. A cancelled run or a passed deadline must end what it costs.
   * @throws EngineError
   */
  async run(actor: Actor, request: EngineRunRequest, delivery: RunDelivery): Promise<RunResult> {
    for await (const event of this.stream(actor, request, delivery)) {
      if (event.type === 'end') return event.result;
    }
    throw new EngineError('protocol', { providerMessage: 'The stream ended without a result.' });
  }

  /** Ends with `end`; a failure is thrown. @throws EngineError */
  async *stream(
    actor: Actor,
    request: EngineRunRequest,
    delivery: RunDelivery,
  ): AsyncGenerator<EngineEvent, void, undefined> {
    const first = await this.noticing(() => this.prepare(actor, request));
    let attempt: Attempt | null = first;
    while (attempt !== null) {
      const present: Attempt = attempt;
      attempt = null;
      let begun = false;
      for await (const event of this.open(present, request, delivery)) {
        if (event.type !== 'error') {
          begun = true;
          yield event;
          continue;
        }
        const again =
          begun || present !== first ? null : await this.restore(actor, request, first, event.error);
        if (again === null) throw this.noticed(event.error);
        attempt = again;
      }
    }
  }

  async deleteSession(actor: Actor, sessionId: string): Promise<void> {
    await this.noticing(() =>
      this.connection.management.deleteSession(this.identities.tokenFor(actor), sessionId),
    );
  }

  private open(
    { apiKey, flowId }: Attempt,
    request: EngineRunRequest,
    delivery: RunDelivery,
  ): AsyncGenerator<EngineEvent> {
    const bounds = { signal: request.signal, totalMs: request.timeoutMs };
    return this.connection.runs.runStream(apiKey, flowId, toRunRequest(request, delivery), bounds);
  }

  private async prepare(actor: Actor, request: EngineRunRequest): Promise<Attempt> {
    const { workflowId, versionNumber, readyFlowId } = request;
    const flowId = readyFlowId ?? (await this.copies.ensureReady(actor, workflowId, versionNumber));
    return { flowId, apiKey: await this.identities.apiKeyFor(actor) };
  }

  /** Brings to the engine what it said it does not have; null when that is not what the error says. */
  private async restore(
    actor: Actor,
    request: EngineRunRequest,
    failed: Attempt,
    error: unknown,
  ): Promise<Attempt | null> {
    if (isEngineError(error, 'credential_rejected')) {
      return { ...failed, apiKey: await this.identities.replaceApiKey(actor, failed.apiKey) };
    }
    if (isEngineError(error, 'flow_not_found')) {
      return {
        ...failed,
        flowId: await this.copies.repair(actor, request.workflowId, request.versionNumber),
      };
    }
    return null;
  }

  private async noticing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.noticed(error);
    }
  }

  /** An engine that cannot be reached is remembered, so that the next requests fail at once. */
  private noticed(error: unknown): unknown {
    const isAway =
      isEngineError(error, 'unreachable') ||
      (isEngineError(error, 'timeout') && error.timeoutPhase === 'connect');
    if (isAway) this.monitor.noticeUnreachable();
    return error;
  }
}

function toRunRequest(request: EngineRunRequest, { headers, tweaks }: RunDelivery): RunRequest {
  const { input, sessionId, inputType = 'chat' } = request;
  // `any`: flows may answer through text and data outputs as well.
  return { inputValue: input, sessionId, inputType, outputType: 'any', headers, tweaks };
}
