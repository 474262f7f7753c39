import { Injectable } from '@nestjs/common';
import { Clock, isJsonObject, type Actor } from '@weir/kernel';
import { ConversationTurns } from './conversation-turns';
import { lastEvent, lostRun, turnEnding } from './run-endings';
import type { RunEvent } from './run-event';
import { RunEventsRepository } from './run-events.repository';
import { RunRecorder } from './run-recorder';
import { RunsRepository } from './runs.repository';

const MAX_EVENTS = 100_000;

/** Ends a run in place of the process that was lost with it: nobody waits any longer, and what was said until then stays. */
@Injectable()
export class LostRunRecorder {
  constructor(
    private readonly runs: RunsRepository,
    private readonly events: RunEventsRepository,
    private readonly turns: ConversationTurns,
    private readonly recorder: RunRecorder,
    private readonly clock: Clock,
  ) {}

  /** @returns false when somebody else ended it first */
  async record(actor: Actor, id: string): Promise<boolean> {
    const run = await this.runs.findById(actor, id);
    if (run === null || run.state !== 'running') return false;
    const told = await this.events.listAfter(actor, id, 0, MAX_EVENTS);
    const turn = run.conversationId === null ? null : await this.turns.get().find(actor, id);
    const ended = lostRun(run, this.clock.now());
    const last = { sequence: (told.at(-1)?.sequence ?? 0) + 1, ...lastEvent(ended, turn) };
    return this.recorder.end(
      actor,
      ended,
      [last],
      turn === null ? null : turnEnding(ended, turn, textOf(told)),
    );
  }
}

function textOf(events: readonly RunEvent[]): string {
  const deltas = events.filter(({ type }) => type === 'text_delta').map(({ data }) => data);
  return deltas
    .map((data) => (isJsonObject(data) && typeof data['text'] === 'string' ? data['text'] : ''))
    .join('');
}
