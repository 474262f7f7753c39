import { Injectable } from '@nestjs/common';
import { AppError, assertNever, Clock, type Actor } from '@weir/kernel';
import { Logger } from '@weir/logging';
import { EngineService } from '../engine/engine.service';
import type { EngineAnswer, EngineRunEvent, EngineRunRequest } from '../engine/engine-run';
import { engineTimeout } from '../engine/engine.errors';
import type { Turn } from './conversation-turns';
import { EventLog, EventsRefusedError } from './event-log';
import { EventTranslator } from './event-translator';
import type { LiveRun, StopReason } from './live-run';
import { RunEventsRepository } from './run-events.repository';
import type { Outcome } from './run-endings';
import { toStoredProblem } from './run-problem';
import { RunRecorder } from './run-recorder';
import type { EndState } from './run-state';
import { untilStopped } from './until-stopped';
import { runBroke, runCancelled, runLost, serverStopping } from './runs.errors';

export interface Execution {
  readonly live: LiveRun;
  readonly turn: Turn | null;
  readonly request: Omit<EngineRunRequest, 'signal'>;
}

/** Lets the engine do a run, and makes sure that whatever happens is written down once. */
@Injectable()
export class RunExecutor {
  constructor(
    private readonly engine: EngineService,
    private readonly events: RunEventsRepository,
    private readonly recorder: RunRecorder,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Resolves when the end is recorded; never rejects. */
  async execute(actor: Actor, execution: Execution): Promise<void> {
    const { live, turn } = execution;
    const log = this.logOf(actor, live);
    const translator = new EventTranslator();
    const deadline = setTimeout(() => live.stop('deadline'), this.millisecondsLeft(live));
    let outcome: Outcome;
    try {
      outcome = { ...SUCCEEDED, answer: await this.consume(actor, execution, log, translator) };
    } catch (error) {
      outcome = this.failure(error, live);
    } finally {
      clearTimeout(deadline);
    }
    await this.recorder.record(actor, { live, turn, outcome, log, partialText: translator.partialText });
  }

  private async consume(
    actor: Actor,
    execution: Execution,
    log: EventLog,
    translator: EventTranslator,
  ): Promise<EngineAnswer> {
    const { live, turn, request } = execution;
    const isStream = live.run.mode === 'stream';
    const source = isStream
      ? this.engine.stream(actor, { ...request, signal: live.signal })
      : this.answerOnly(actor, { ...request, signal: live.signal });
    let answer: EngineAnswer | null = null;
    for await (const event of untilStopped(source, live.signal)) {
      if (event.type === 'started') {
        log.add({ type: 'session_start', data: sessionStart(live, turn, event.executionMode) });
      } else if (event.type === 'answer') {
        answer = event.answer;
        log.add(...translator.complete(answer.text));
      } else {
        log.add(...translator.translate(event));
      }
      // The last events travel with the end of the run; a sync run's all do.
      if (isStream && event.type !== 'answer') log.flush();
    }
    if (answer === null) throw new Error('The engine ended a stream without an answer.');
    return answer;
  }

  private async *answerOnly(actor: Actor, request: EngineRunRequest): AsyncGenerator<EngineRunEvent> {
    const answer = await this.engine.run(actor, request);
    yield { type: 'started', executionMode: answer.executionMode };
    yield { type: 'answer', answer };
  }

  private logOf(actor: Actor, live: LiveRun): EventLog {
    return new EventLog(
      (events) => this.events.append(actor, live, events),
      (events) => live.publish(events),
      (error) => {
        if (error instanceof EventsRefusedError) live.stop('lost');
        else this.logger.error({ event: 'run.events_not_stored', runId: live.id, err: error });
      },
    );
  }

  /** Why we stopped a run outweighs how the engine's connection broke because of it. */
  private failure(error: unknown, live: LiveRun): Outcome {
    if (live.stopReason !== null) return stopped(live.stopReason, error);
    if (error instanceof AppError) return badEnd(error.status === 504 ? 'timed_out' : 'failed', error);
    this.logger.error({ event: 'run.broke', runId: live.id, err: error });
    return badEnd('failed', runBroke(error));
  }

  private millisecondsLeft({ run }: LiveRun): number {
    return Math.max(0, run.deadlineAt.getTime() - this.clock.now().getTime());
  }
}

const SUCCEEDED = { state: 'succeeded', problem: null } as const;

function badEnd(state: EndState, error: AppError): Outcome {
  return { state, answer: null, problem: toStoredProblem(error) };
}

function stopped(reason: StopReason, cause: unknown): Outcome {
  switch (reason) {
    case 'cancelled':
      return badEnd('cancelled', runCancelled());
    case 'shutdown':
      return badEnd('cancelled', serverStopping());
    case 'deadline':
      return badEnd('timed_out', engineTimeout(cause));
    case 'lost':
      return badEnd('lost', runLost());
    default:
      return assertNever(reason);
  }
}

function sessionStart({ run }: LiveRun, turn: Turn | null, executionMode: string) {
  return {
    runId: run.id,
    workflowId: run.workflowId,
    version: run.versionNumber,
    conversationId: run.conversationId,
    userMessageId: turn?.userMessageId ?? null,
    assistantMessageId: turn?.assistantMessageId ?? null,
    executionMode,
  };
}
