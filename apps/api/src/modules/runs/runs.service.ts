import { Injectable } from '@nestjs/common';
import {
  Clock,
  notFound,
  toPage,
  type Actor,
  type Page,
  type PageRequest,
  decodeTimeCursor,
} from '@weir/kernel';
import { IdempotencyService } from '../idempotency/idempotency.service';
import { atMost } from './at-most';
import type { LiveRun } from './live-run';
import type { Run, RunInput, RunSummary } from './run';
import { toAppError } from './run-problem';
import { RunReader } from './run-reader';
import { RunStarter } from './run-starter';
import { isTerminal, type RunState } from './run-state';
import { RunStream } from './run-stream';
import { RunsRepository } from './runs.repository';
import { stillRunning } from './runs.errors';

export interface RunSearch extends PageRequest {
  readonly workflowId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly status?: RunState | undefined;
}

/**
 * How long a stream waits for its first event before it begins anyway: until then, a failure is an ordinary problem with
 * its status, which clients handle better than an event.
 */
const FIRST_EVENT_PATIENCE_MS = 5_000;
/** How much longer than its deadline a run may take to be recorded by whoever executes it. */
const RECORDING_PATIENCE_MS = 20_000;

@Injectable()
export class RunsService {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly starter: RunStarter,
    private readonly runs: RunsRepository,
    private readonly reader: RunReader,
    private readonly clock: Clock,
  ) {}

  /**
   * Starts a run and answers as its mode says: with the run when it succeeded, or with its events. A request that is
   * repeated with its Idempotency-Key gets the first one's run.
   * @throws AppError when the run could not start, or (with its `runId`) did not succeed
   */
  async start(actor: Actor, workflowId: string, input: RunInput): Promise<Run | RunStream> {
    const earlier = this.idempotency.findLinkedRun();
    if (earlier !== null) return this.attach(actor, earlier, input);
    const live = await this.starter.start(actor, workflowId, input);
    return input.mode === 'stream' ? this.openStream(actor, live) : succeeded(await live.ended);
  }

  async get(actor: Actor, id: string): Promise<Run> {
    const run = await this.runs.findById(actor, id);
    if (run === null) throw notFound('run', id);
    return run;
  }

  /** Newest first. */
  async list(
    actor: Actor,
    { limit, cursor, workflowId, conversationId, status }: RunSearch,
  ): Promise<Page<RunSummary>> {
    const after = cursor === undefined ? null : decodeTimeCursor(cursor);
    const rows = await this.runs.listPage(actor, {
      workflowId,
      conversationId,
      state: status,
      after,
      take: limit + 1,
    });
    return toPage(rows, limit, ({ createdAt, id }) => ({ sort: createdAt.toISOString(), id }));
  }

  /** The events behind `after`, stored ones first, then live until the run ends. */
  async openEvents(actor: Actor, id: string, after: number): Promise<RunStream> {
    const run = await this.get(actor, id);
    return new RunStream(run.id, this.reader.follow(actor, run.id, after));
  }

  /** True while a run of the conversation is under way. */
  isBusy(actor: Actor, conversationId: string): Promise<boolean> {
    return this.runs.existsRunning(actor, conversationId);
  }

  private async openStream(actor: Actor, live: LiveRun): Promise<RunStream> {
    const first = await atMost(FIRST_EVENT_PATIENCE_MS, Promise.race([live.begun, live.ended]));
    // It ended before it began: nothing was sent yet.
    if (first !== null && first !== 'begun') succeeded(first);
    return new RunStream(live.id, this.reader.follow(actor, live.id, 0));
  }

  private async attach(actor: Actor, runId: string, { mode }: RunInput): Promise<Run | RunStream> {
    const run = await this.get(actor, runId);
    if (mode === 'stream') {
      if (isTerminal(run.state) && !(await this.reader.hasBegun(actor, runId))) succeeded(run);
      return new RunStream(runId, this.reader.follow(actor, runId, 0));
    }
    const patience = run.deadlineAt.getTime() - this.clock.now().getTime() + RECORDING_PATIENCE_MS;
    const ended = isTerminal(run.state)
      ? run
      : await this.reader.waitForEnd(actor, runId, Math.max(0, patience));
    if (ended === null) throw stillRunning(runId);
    return succeeded(ended);
  }
}

/** A failed run is never a success to its caller (F45). */
function succeeded(run: Run): Run {
  if (run.problem !== null) throw toAppError(run.problem, run.id);
  return run;
}
