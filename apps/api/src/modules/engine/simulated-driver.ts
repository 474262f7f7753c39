import type { EngineEvent, RunResult } from '@weir/langflow-client';
import type { EngineRunRequest } from './engine-run';

const MESSAGE_ID = 'simulated';

/** What a run answers without an engine: the input again, saying plainly that nothing ran. The same input, the same answer. */
export function simulateRun({ input, sessionId }: EngineRunRequest): RunResult {
  const text = `Simulated answer to: ${input}`;
  const item = { componentId: null, componentName: 'Simulation', text, data: null };
  return { text, items: [item], usage: null, sessionId };
}

/** The same answer, word by word. */
export function* simulateStream(request: EngineRunRequest): Generator<EngineEvent, void, undefined> {
  const result = simulateRun(request);
  for (const text of result.text.match(/\S+\s*/g) ?? []) yield { type: 'token', text, messageId: MESSAGE_ID };
  yield { type: 'end', result };
}
