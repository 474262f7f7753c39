import { assertNever } from '@weir/kernel';
import type { EngineEvent, Redactor } from '@weir/langflow-client';
import type { EngineRunEvent, ExecutionMode } from './engine-run';
import { redactBlock, redactResult, redactTool, TokenRedaction } from './redact-answer';

/**
 * Turns what an engine streams into what a run shows: `started` with the first sign of life, parts without secrets, and
 * the answer at the end. Messages as a whole are left out, their text comes in pieces and with the answer.
 * @param events end with `end`; a failure is thrown
 */
export async function* presentStream(
  executionMode: ExecutionMode,
  events: AsyncIterable<EngineEvent> | Iterable<EngineEvent>,
  redactor: Redactor,
): AsyncGenerator<EngineRunEvent, void, undefined> {
  const begin = performance.now();
  const tokens = new TokenRedaction(redactor);
  let started = false;
  for await (const event of events) {
    if (!started) yield { type: 'started', executionMode };
    started = true;
    yield* presentEvent(event, tokens, redactor);
    if (event.type === 'end') {
      const engineMs = executionMode === 'engine' ? Math.round(performance.now() - begin) : 0;
      yield { type: 'answer', answer: { ...redactResult(event.result, redactor), executionMode, engineMs } };
    }
  }
}

function presentEvent(
  event: EngineEvent,
  tokens: TokenRedaction,
  redactor: Redactor,
): readonly EngineRunEvent[] {
  switch (event.type) {
    case 'token':
      return tokens.push(event);
    case 'message':
      return event.complete ? tokens.end(event.messageId) : [];
    case 'tool':
      return [redactTool(event, redactor)];
    case 'block':
      return [redactBlock(event, redactor)];
    case 'end':
      return tokens.endAll();
    case 'error':
      throw event.error;
    default:
      return assertNever(event);
  }
}
