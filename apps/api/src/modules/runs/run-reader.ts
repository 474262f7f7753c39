import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { runAs, type Actor } from '@weir/kernel';
import { ActiveRuns } from './active-runs';
import { atMost } from './at-most';
import type { LiveRun } from './live-run';
import type { Run } from './run';
import { isLast, type RunEvent } from './run-event';
import { RunEventsRepository } from './run-events.repository';
import { isTerminal } from './run-state';
import { RunsRepository } from './runs.repository';
import { StreamAccess } from './stream-access';

const BATCH = 500;
/** How soon a run of another process is looked at again. */
const POLL_MS = 250;
/** How soon a reader of a silent run is asked again whether it may still read. */
const ACCESS_CHECK_MS = 2_500;

/** Follows runs wherever they are executed: from memory in this process, from the database otherwise. */
@Injectable()
export class RunReader {
  constructor(
    private readonly active: ActiveRuns,
    private readonly runs: RunsRepository,
    private readonly events: RunEventsRepository,
    private readonly access: StreamAccess,
  ) {}

  /**
   * The events behind `after`, those to come included, each once and in order; ends with the run, with the reader's login,
   * or with this process. Reads only as fast as it is asked, and holds no more than one batch.
   */
  async *follow(actor: Actor, runId: string, after: number): AsyncGenerator<RunEvent> {
    let last = after;
    let hasEnded = false;
    let allowedUntil = 0;
    while (!this.active.closed.aborted) {
      if (Date.now() >= allowedUntil) {
        if (!(await this.access.mayRead(actor))) return;
        allowedUntil = Date.now() + ACCESS_CHECK_MS;
      }
      const live = this.active.find(runId);
      // Asked for before the look at the events: what is published in between must wake us.
      const change = live?.changed();
      const events = await this.read(actor, runId, last, live);
      for (const event of events) {
        yield event;
        last = event.sequence;
        if (isLast(event)) return;
      }
      if (events.length > 0) continue;
      if (hasEnded) return;
      if (change === undefined) hasEnded = await this.hasEnded(actor, runId);
      if (!hasEnded) await this.pause(change);
    }
  }

  /** The run as it ended; null when it does not end within `patienceMs`. */
  async waitForEnd(actor: Actor, runId: string, patienceMs: number): Promise<Run | null> {
    const live = this.active.find(runId);
    if (live !== null) return atMost(patienceMs, live.ended);
    const until = Date.now() + patienceMs;
    do {
      const run = await this.runs.findById(actor, runId);
      if (run === null || isTerminal(run.state)) return run;
      await delay(POLL_MS);
    } while (Date.now() < until && !this.active.closed.aborted);
    return null;
  }

  /** False for a run that failed before there was anything to tell. */
  async hasBegun(actor: Actor, runId: string): Promise<boolean> {
    const [first] = await this.events.listAfter(actor, runId, 0, 1);
    return first?.type === 'session_start';
  }

  private async read(
    actor: Actor,
    runId: string,
    after: number,
    live: LiveRun | null,
  ): Promise<readonly RunEvent[]> {
    const inMemory = live?.eventsAfter(after) ?? null;
    // A stream is read from the socket's events, where the context of its request does not follow.
    return inMemory ?? runAs(actor, () => this.events.listAfter(actor, runId, after, BATCH));
  }

  private async hasEnded(actor: Actor, runId: string): Promise<boolean> {
    const state = await runAs(actor, () => this.runs.findState(actor, runId));
    return state === null || isTerminal(state);
  }

  private async pause(change: Promise<void> | undefined): Promise<void> {
    await (change === undefined ? delay(POLL_MS) : atMost(ACCESS_CHECK_MS, change));
  }
}
