import { durationOf, type EndedRun, type Run } from './run';
import type { Turn, TurnEnding } from './conversation-turns';
import type { NewRunEvent } from './run-event';
import { toStoredProblem, type StoredProblem } from './run-problem';
import type { EndState } from './run-state';
import { toRunView } from './run.view';
import { runLost } from './runs.errors';
import { storable, storableText } from './storable';
import type { EngineAnswer } from '../engine/engine-run';

/** How an execution ended, as the code around the engine sees it. */
export interface Outcome {
  readonly state: EndState;
  readonly answer: EngineAnswer | null;
  readonly problem: StoredProblem | null;
}

export function endedRun(run: Run, { state, answer, problem }: Outcome, finishedAt: Date): EndedRun {
  return {
    ...run,
    state,
    problem,
    output:
      answer === null
        ? null
        : { text: storableText(answer.text), items: answer.items.map((item) => storable(item)) },
    usage: answer?.usage ?? null,
    engineMs: answer === null ? null : Math.round(answer.engineMs),
    executionMode: answer?.executionMode ?? run.executionMode,
    finishedAt,
  };
}

export function lostRun(run: Run, finishedAt: Date): EndedRun {
  return endedRun(run, { state: 'lost', answer: null, problem: toStoredProblem(runLost()) }, finishedAt);
}

/** The one event that ends a stream: like the first one, it names the run and its messages (S8). */
export function lastEvent(run: EndedRun, turn: Turn | null): NewRunEvent {
  const ids = {
    runId: run.id,
    conversationId: run.conversationId,
    userMessageId: turn?.userMessageId ?? null,
    assistantMessageId: turn?.assistantMessageId ?? null,
  };
  if (run.problem === null) return { type: 'done', data: { ...ids, result: toRunView(run) } };
  return {
    type: 'error',
    data: { ...run.problem.extensions, ...ids, status: run.state, ...publicPart(run.problem) },
  };
}

function publicPart({ code, title, detail, retryAfterSeconds }: StoredProblem): object {
  return { code, title, detail, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

/** What becomes of the assistant's message. */
export function turnEnding(run: EndedRun, turn: Turn, partialText: string): TurnEnding {
  const incomplete = partialText === '' ? 'failed' : 'partial';
  return {
    assistantMessageId: turn.assistantMessageId,
    status: run.output === null ? incomplete : 'complete',
    content: run.output?.text ?? storableText(partialText),
    usage: run.usage,
    durationMs: durationOf(run) ?? 0,
  };
}
