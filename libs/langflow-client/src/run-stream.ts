import { classifyResponse } from './classification';
import { EngineError } from './engine-error';
import { EventMapper } from './engine-events';
import type { EngineEvent } from './engine-events';
import { readObjects } from './object-stream';
import type { OpenResponse } from './transport';
import type { RunRequest } from './types';

/** Longest error body that is looked at when a stream is refused. */
const MAX_ERROR_BYTES = 256 * 1024;

/**
 * The events of one streamed run, ending with `end` or `error`.
 * @param open sends the request; called when the first event is asked for
 */
export async function* streamRun(
  open: () => Promise<OpenResponse>,
  sessionId: string,
  maxEventBytes: number,
): AsyncGenerator<EngineEvent, void, undefined> {
  let response: OpenResponse | null = null;
  let isComplete = false;
  try {
    response = await open();
    if (response.status !== 200) throw classifyResponse(response.status, await readStart(response), 'run');

    const mapper = new EventMapper(sessionId);
    for await (const object of readObjects(response.chunks, maxEventBytes)) {
      for (const event of mapper.map(object)) {
        isComplete = event.type === 'end' || event.type === 'error';
        yield event;
        if (isComplete) return;
      }
    }
    yield { type: 'error', error: mapper.endedEarly() };
  } catch (error) {
    yield {
      type: 'error',
      error: error instanceof EngineError ? error : new EngineError('protocol', { cause: error }),
    };
  } finally {
    if (isComplete) response?.finish();
    else response?.close();
  }
}

/** The body of a run. Langflow replaces a body with a wrong type anywhere by an empty one, so every field is a plain string or object. */
export function toRunBody(request: RunRequest): string {
  return JSON.stringify({
    input_value: request.inputValue,
    input_type: request.inputType ?? 'chat',
    output_type: request.outputType ?? 'chat',
    session_id: request.sessionId,
    ...(request.tweaks === undefined || Object.keys(request.tweaks).length === 0
      ? {}
      : { tweaks: request.tweaks }),
  });
}

async function readStart(response: OpenResponse): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.chunks) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ERROR_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
