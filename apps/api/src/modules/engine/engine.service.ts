import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import type { FlowData } from '@weir/flow';
import { currentContext, notFound, type Actor } from '@weir/kernel';
import { createRedactor, isEngineError, type Redactor } from '@weir/langflow-client';
import { EngineConnection } from './engine-connection';
import { EngineMonitor } from './engine-monitor';
import type { EngineAnswer, EngineRunEvent, EngineRunRequest, ExecutionMode } from './engine-run';
import { runAborted, tweakRefused } from './engine.errors';
import { explainEngineError } from './explain-engine-error';
import { FlowSources } from './flow-sources';
import { LangflowDriver } from './langflow-driver';
import { presentStream } from './present-stream';
import { redactResult } from './redact-answer';
import { needsFlow, toDelivery, type RunDelivery } from './run-delivery';
import { simulateRun, simulateStream } from './simulated-driver';
import { findRefusedTweaks } from './tweak-policy';

interface PreparedRun {
  readonly actor: Actor;
  readonly request: EngineRunRequest;
  readonly delivery: RunDelivery;
  readonly executionMode: ExecutionMode;
  readonly redactor: Redactor;
}

/**
 * Runs workflows on the engine, or in simulation where the configuration asks for it. Everything that leaves here has passed
 * the redactor for the run's secrets, answers and errors alike; every failure is an AppError.
 */
@Injectable()
export class EngineService {
  /** Runs that are on the engine right now. */
  activeRuns = 0;
  private readonly fallsBack: boolean;
  private bareRedactor: Redactor | null = null;

  constructor(
    @Inject(CONFIG) config: AppConfig,
    private readonly connection: EngineConnection,
    private readonly monitor: EngineMonitor,
    private readonly sources: FlowSources,
    private readonly driver: LangflowDriver,
  ) {
    this.fallsBack = config.engine.driver === 'langflow' && config.engine.fallback === 'simulated';
  }

  async run(actor: Actor, request: EngineRunRequest): Promise<EngineAnswer> {
    const run = await this.prepare(actor, request);
    if (run.executionMode === 'engine') {
      const begin = performance.now();
      try {
        const result = await this.counted(() => this.driver.run(actor, request, run.delivery));
        const engineMs = Math.round(performance.now() - begin);
        return { ...redactResult(result, run.redactor), executionMode: 'engine', engineMs };
      } catch (error) {
        if (!this.mayFallBack(error)) throw explain(error, run);
      } finally {
        addEngineTime(begin);
      }
    }
    return { ...redactResult(simulateRun(request), run.redactor), executionMode: 'simulated', engineMs: 0 };
  }

  /** `started` first, one `answer` last; a failure is thrown. Leaving the loop ends the run in the engine. */
  async *stream(actor: Actor, request: EngineRunRequest): AsyncGenerator<EngineRunEvent, void, undefined> {
    const run = await this.prepare(actor, request);
    if (run.executionMode === 'engine') {
      let begun = false;
      try {
        for await (const event of this.streamFromEngine(run)) {
          begun = true;
          yield event;
        }
        return;
      } catch (error) {
        if (begun || !this.mayFallBack(error)) throw explain(error, run);
      }
    }
    yield* presentStream('simulated', simulateStream(request), run.redactor);
  }

  /** Removes what the engine keeps of a chat; one that it does not know is fine. */
  async deleteSession(actor: Actor, _workflowId: string, sessionId: string): Promise<void> {
    if (!this.connection.exists) return;
    await this.monitor.requireUsable();
    try {
      await this.driver.deleteSession(actor, sessionId);
    } catch (error) {
      throw explain(error, { actor, request: { bindings: [] }, redactor: createRedactor([]) });
    }
  }

  private async prepare(actor: Actor, request: EngineRunRequest): Promise<PreparedRun> {
    const flowData = needsFlow(request) ? await this.readFlow(actor, request) : null;
    if (flowData !== null) refuseTweaks(flowData, request);
    if (request.signal.aborted) throw runAborted(request.signal.reason);
    const delivery = toDelivery(request, flowData);
    const executionMode = await this.chooseMode();
    const redactor = this.redactorOf(request, executionMode);
    return { actor, request, delivery, executionMode, redactor };
  }

  /** Many runs carry no secret: theirs is always the same. */
  private redactorOf({ secretValues }: EngineRunRequest, executionMode: ExecutionMode): Redactor {
    if (executionMode === 'simulated') return createRedactor([...secretValues.values()]);
    // The engine's address is nobody's business either.
    this.bareRedactor ??= createRedactor([this.connection.origin]);
    return secretValues.size === 0
      ? this.bareRedactor
      : createRedactor([...secretValues.values(), this.connection.origin]);
  }

  private async readFlow(actor: Actor, { workflowId, versionNumber }: EngineRunRequest): Promise<FlowData> {
    const flow = await this.sources.getFlow(actor, workflowId, versionNumber);
    if (flow === null) throw notFound('workflow', workflowId);
    return flow.flowData;
  }

  private async chooseMode(): Promise<ExecutionMode> {
    if (!this.connection.exists) return 'simulated';
    try {
      await this.monitor.requireUsable();
      return 'engine';
    } catch (error) {
      if (this.fallsBack && this.monitor.current().condition === 'unreachable') return 'simulated';
      throw error;
    }
  }

  private async *streamFromEngine({
    actor,
    request,
    delivery,
    redactor,
  }: PreparedRun): AsyncGenerator<EngineRunEvent> {
    const begin = performance.now();
    this.activeRuns += 1;
    try {
      yield* presentStream('engine', this.driver.stream(actor, request, delivery), redactor);
    } finally {
      this.activeRuns -= 1;
      addEngineTime(begin);
    }
  }

  private async counted<T>(work: () => Promise<T>): Promise<T> {
    this.activeRuns += 1;
    try {
      return await work();
    } finally {
      this.activeRuns -= 1;
    }
  }

  /** Only where the configuration allows it, and only when the engine surely did not begin. */
  private mayFallBack(error: unknown): boolean {
    return this.fallsBack && isEngineError(error, 'unreachable', 'timeout') && error.retrySafe;
  }
}

function refuseTweaks(flowData: FlowData, { bindings, tweaks }: EngineRunRequest): void {
  const problems = findRefusedTweaks(flowData, bindings, tweaks);
  if (problems.length > 0) throw tweakRefused(problems);
}

function addEngineTime(begin: number): void {
  const context = currentContext();
  if (context !== undefined) context.engineMs += performance.now() - begin;
}

interface Explainable {
  readonly actor: Actor;
  readonly request: Pick<EngineRunRequest, 'bindings'>;
  readonly redactor: Redactor;
}

function explain(error: unknown, { actor, request, redactor }: Explainable): unknown {
  return isEngineError(error)
    ? explainEngineError(error, { actor, bindings: request.bindings, redactor })
    : error;
}
