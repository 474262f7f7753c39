import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { isJsonObject } from '@weir/kernel';
import type { JsonObject, JsonValue } from '@weir/kernel';
import { FakeComponentError, FakeExecution, FakeRefusal } from './fake-langflow-execution';
import type { ExecutionOutput } from './fake-langflow-execution';
import { sendJson } from './fake-langflow-http';
import { errorMessageJson, messageJson, runResponseJson } from './fake-langflow-messages';
import type { FakeMessage, FakeMessages } from './fake-langflow-messages';

/** What a run needs from the engine around it. */
export interface FakeRunContext {
  readonly userId: string;
  readonly flowId: string;
  readonly data: JsonObject;
  readonly messages: FakeMessages;
  readonly environment: ReadonlyMap<string, string>;
  readonly customComponents: boolean;
  readonly modelBaseUrl: string | undefined;
  readonly delayPerChunkMs: number;
  readonly signal: AbortSignal;
}

interface RunInput {
  readonly inputValue: string;
  readonly sessionId: string;
  readonly tweaks: JsonObject;
}

const VARIABLE_PREFIX = 'x-langflow-global-var-';

/** One `POST /api/v1/run/{id}`, at once or streamed in Langflow's framing: objects separated by blank lines. */
export class FakeRun {
  private readonly input: RunInput;

  constructor(
    private readonly context: FakeRunContext,
    body: unknown,
    private readonly headers: Readonly<Record<string, string | string[] | undefined>>,
  ) {
    this.input = readInput(body, context.flowId);
  }

  async answer(response: ServerResponse): Promise<void> {
    try {
      this.refuseTweaks();
      const outputs = await this.execute(null);
      sendJson(response, 200, this.result(outputs));
    } catch (error) {
      if (error instanceof FakeRefusal) return sendJson(response, error.status, { detail: error.detail });
      sendJson(response, 500, { detail: JSON.stringify(failureBody(error)) });
    }
  }

  async stream(response: ServerResponse): Promise<void> {
    try {
      this.refuseTweaks();
    } catch (error) {
      if (error instanceof FakeRefusal) return sendJson(response, error.status, { detail: error.detail });
      throw error;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const send = (event: string, data: JsonValue): void => {
      response.write(`${JSON.stringify({ event, data })}\n\n`);
    };
    try {
      send('end', { result: this.result(await this.execute(send)) });
    } catch (error) {
      if (error instanceof FakeComponentError) {
        send('error', errorMessageJson(error.component, error.nodeId, error.reason, this.input.sessionId));
      }
      const text =
        error instanceof FakeRefusal ? error.message : `500: ${JSON.stringify(failureBody(error))}`;
      send('error', { error: text });
    }
    response.end();
  }

  private async execute(send: ((event: string, data: JsonValue) => void) | null): Promise<StoredOutput[]> {
    const { context, input } = this;
    const { userId, flowId, messages } = context;
    const history = messages.history(flowId, input.sessionId);
    const toStore = { userId, flowId, sessionId: input.sessionId };
    const asked = messages.add({ ...toStore, sender: 'User', text: input.inputValue });
    send?.('add_message', messageJson(asked, { state: 'complete', usage: null, source: null }));

    const draft: FakeMessage = { ...toStore, id: randomUUID(), sender: 'Machine', text: '' };
    const outputs = await new FakeExecution({
      data: context.data,
      inputValue: input.inputValue,
      tweaks: input.tweaks,
      variables: readVariables(this.headers),
      history,
      environment: context.environment,
      customComponents: context.customComponents,
      modelBaseUrl: context.modelBaseUrl,
      signal: context.signal,
      onToken: send === null ? null : tokenSender(send, draft, context),
    }).run();

    return outputs.map((output) => {
      const message = messages.add({ ...toStore, sender: 'Machine', text: output.text });
      const shown = { ...message, id: draft.id };
      send?.(
        'add_message',
        messageJson(shown, { state: 'complete', usage: output.usage, source: output.source }),
      );
      return { output, message };
    });
  }

  private result(outputs: readonly StoredOutput[]): JsonObject {
    return runResponseJson(this.input.sessionId, this.input.inputValue, outputs);
  }

  private refuseTweaks(): void {
    for (const [target, fields] of Object.entries(this.input.tweaks)) {
      if (!isJsonObject(fields)) continue;
      if ('code' in fields) {
        const message = 'The field is protected and keeps the value set by the flow author.';
        throw new FakeRefusal(422, {
          error: 'Refused tweaks',
          code: 'TWEAKS_REFUSED',
          message,
          fields: ['code'],
        });
      }
      if (target.startsWith('ChatInput') && 'input_value' in fields) {
        throw new FakeRefusal(
          400,
          'If you pass an input_value to the chat input, you cannot pass a tweak with the same name.',
        );
      }
    }
  }
}

interface StoredOutput {
  readonly output: ExecutionOutput;
  readonly message: FakeMessage;
}

/** Announces the partial message once, then sends tokens, with an empty one first, as the real engine does. */
function tokenSender(
  send: (event: string, data: JsonValue) => void,
  draft: FakeMessage,
  context: FakeRunContext,
): (text: string) => Promise<void> {
  let announced = false;
  return async (chunk) => {
    if (!announced) {
      announced = true;
      send('add_message', messageJson(draft, { state: 'partial', usage: null, source: null }));
      send('token', { chunk: '', id: draft.id });
    }
    if (context.delayPerChunkMs > 0) await pause(context.delayPerChunkMs, context.signal);
    send('token', { chunk, id: draft.id });
  };
}

/** As Langflow does it: a wrong type anywhere makes the whole body count as empty, so the session is the flow's id. */
function readInput(body: unknown, flowId: string): RunInput {
  const given = isJsonObject(body) ? body : {};
  const input = given['input_value'] ?? null;
  const session = given['session_id'] ?? null;
  const tweaks = given['tweaks'] ?? {};
  const isValid =
    (input === null || typeof input === 'string') &&
    (session === null || typeof session === 'string') &&
    isJsonObject(tweaks);
  if (!isValid) return { inputValue: '', sessionId: flowId, tweaks: {} };
  return { inputValue: input ?? '', sessionId: session ?? flowId, tweaks };
}

/** Langflow upper-cases the name and keeps hyphens. */
function readVariables(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Map<string, string> {
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(VARIABLE_PREFIX) || typeof value !== 'string') continue;
    variables.set(name.slice(VARIABLE_PREFIX.length).toUpperCase(), value);
  }
  return variables;
}

function failureBody(error: unknown): JsonObject {
  const message = `Error running graph: ${error instanceof Error ? error.message : String(error)}`;
  return { message, traceback: null, description: null, code: null, suggestion: null };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Error('The client went away.'));
    });
  });
}
