import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { isDatabaseUnavailable, TransactionRunner } from '@weir/database';
import { Clock, newId, type Actor } from '@weir/kernel';
import { Logger } from '@weir/logging';
import { ConversationTurns, type Turn, type TurnEnding } from './conversation-turns';
import type { EventLog } from './event-log';
import type { LiveRun } from './live-run';
import type { EndedRun, Run } from './run';
import { endedRun, lastEvent, lostRun, turnEnding, type Outcome } from './run-endings';
import type { RunEvent } from './run-event';
import { RunsRepository } from './runs.repository';

export interface Recording {
  readonly live: LiveRun;
  readonly turn: Turn | null;
  readonly outcome: Outcome;
  readonly log: EventLog;
  /** What was said before it ended badly. */
  readonly partialText: string;
}

/** Pauses between attempts to write the end of a run while the database is away; then the lease tells that it was lost. */
const RETRY_AFTER_MS = [200, 500, 1_000, 2_000, 4_000];

/** Writes how a run ended: run, usage, messages and last events in one transaction. */
@Injectable()
export class RunRecorder {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly runs: RunsRepository,
    private readonly turns: ConversationTurns,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Never rejects: `live.ended` resolves with the run as it is recorded. */
  async record(actor: Actor, { live, turn, outcome, log, partialText }: Recording): Promise<void> {
    const ended = endedRun(live.run, outcome, this.clock.now());
    const events = await log.close(lastEvent(ended, turn));
    const answer = turn === null ? null : turnEnding(ended, turn, partialText);
    // A lost run is another process's to record: this one was told that it does not own it any more.
    const recorded = outcome.state !== 'lost' && (await this.persist(actor, ended, events, answer));
    if (recorded) live.publish(events);
    live.finish(recorded ? ended : await this.asRecorded(actor, live.run));
  }

  /**
   * Writes an end in one transaction, with the message that ends along.
   * @returns false when the run had ended already
   */
  end(actor: Actor, run: EndedRun, events: readonly RunEvent[], answer: TurnEnding | null): Promise<boolean> {
    const ending = { ledgerEntryId: newId(), events };
    if (answer === null) return this.runs.end(actor, run, ending);
    return this.transactions.run(async () => {
      if (!(await this.runs.end(actor, run, ending))) return false;
      await this.turns.get().end(actor, answer);
      return true;
    });
  }

  private async persist(
    actor: Actor,
    run: EndedRun,
    events: readonly RunEvent[],
    answer: TurnEnding | null,
  ): Promise<boolean> {
    for (const pause of [...RETRY_AFTER_MS, null]) {
      try {
        return await this.end(actor, run, events, answer);
      } catch (error) {
        this.logger.error({ event: 'run.end_not_stored', runId: run.id, state: run.state, err: error });
        if (pause === null || !isDatabaseUnavailable(error)) return false;
        await delay(pause);
      }
    }
    return false;
  }

  /** What another process made of the run, or will make of it when its lease is over. */
  private async asRecorded(actor: Actor, run: Run): Promise<Run> {
    const lost = lostRun(run, this.clock.now());
    try {
      const found = await this.runs.findById(actor, run.id);
      return found === null || found.state === 'running' ? lost : found;
    } catch (error) {
      this.logger.error({ event: 'run.not_read', runId: run.id, err: error });
      return lost;
    }
  }
}
