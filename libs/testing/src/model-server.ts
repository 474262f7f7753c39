import type { IncomingMessage, ServerResponse } from 'node:http';
import { isJsonObject } from '@weir/kernel';
import type { JsonObject } from '@weir/kernel';
import { LocalServer, bearerOf, countWords, parseJson, readBody, sendJson } from './fake-langflow-http';

export interface ModelServerOptions {
  /**
   * Address to listen on; 127.0.0.2 by default, because Langflow inside a container-like machine rewrites `localhost`
   * and 127.0.0.1 in provider URLs to the address of the gateway.
   */
  readonly host?: string;
  readonly port?: number;
  /** Pause before each piece of a streamed answer, in milliseconds. */
  readonly delayPerChunkMs?: number;
  /** Pause before an answer begins, in milliseconds: a model that thinks. */
  readonly delayMs?: number;
}

/** What one call to the model server looked like. */
export interface ModelRequest {
  readonly path: string;
  /** The bearer token: the provider key that reached the "provider". */
  readonly key: string | null;
  readonly model: string | null;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly stream: boolean;
}

/**
 * An OpenAI-compatible server for tests: `POST /v1/chat/completions` (at once or streamed) and `GET /v1/models`.
 *
 * - The answer is `You said: <last user message> (<number of messages> messages)`, so that a test sees both what arrived
 *   and whether chat memory was there.
 * - Keys that begin with `sk-wrong` get OpenAI's 401, which echoes the key; `sk-limited` gets its 429.
 * - A request that offers tools and whose last message is from a user gets a call of the first tool when that message
 *   contains `use the tool`.
 */
export class ModelServer {
  readonly requests: ModelRequest[] = [];
  private readonly server = new LocalServer((request, response) => this.handle(request, response));

  constructor(private readonly options: ModelServerOptions = {}) {}

  /** @returns the base URL without `/v1` */
  start(): Promise<string> {
    return this.server.start(this.options.host ?? '127.0.0.2', this.options.port ?? 0);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  get url(): string {
    return this.server.url;
  }

  /** What `OPENAI_BASE_URL` must be. */
  get openAiBaseUrl(): string {
    return `${this.server.url}/v1`;
  }

  /** Every provider key that arrived, in order. */
  get keysSeen(): (string | null)[] {
    return this.requests.map((request) => request.key);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const body = parseJson(await readBody(request));
    const payload = isJsonObject(body) ? body : {};
    const key = bearerOf(request);
    const messages = messagesOf(payload);
    const stream = payload['stream'] === true;
    const model = typeof payload['model'] === 'string' ? payload['model'] : null;
    this.requests.push({ path, key, model, messages, stream });

    if (this.options.delayMs !== undefined) await pause(this.options.delayMs);
    if (refuseKey(key, response)) return;
    if (path === '/v1/models' && request.method === 'GET') {
      sendJson(response, 200, {
        object: 'list',
        data: [{ id: 'gpt-4o-mini', object: 'model', created: 0, owned_by: 'test' }],
      });
    } else if (path === '/v1/chat/completions' && request.method === 'POST') {
      const completion = complete(model ?? 'gpt-4o-mini', messages, payload);
      if (stream) await this.sendStream(response, completion, wantsUsage(payload));
      else sendJson(response, 200, completionBody(completion));
    } else {
      sendJson(response, 404, {
        error: {
          message: `Unknown request URL: ${request.method} ${path}.`,
          type: 'invalid_request_error',
          param: null,
          code: 'unknown_url',
        },
      });
    }
  }

  private async sendStream(response: ServerResponse, completion: Completion, usage: boolean): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (body: JsonObject): void => {
      response.write(
        `data: ${JSON.stringify({ id: completion.id, object: 'chat.completion.chunk', created: 0, model: completion.model, ...body })}\n\n`,
      );
    };
    send({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] });
    for (const delta of completion.deltas) {
      if (this.options.delayPerChunkMs !== undefined) await pause(this.options.delayPerChunkMs);
      send({ choices: [{ index: 0, delta, finish_reason: null }] });
    }
    send({ choices: [{ index: 0, delta: {}, finish_reason: completion.finishReason }] });
    if (usage) send({ choices: [], usage: completion.usage });
    response.end('data: [DONE]\n\n');
  }
}

interface Completion {
  readonly id: string;
  readonly model: string;
  readonly message: JsonObject;
  readonly deltas: readonly JsonObject[];
  readonly finishReason: 'stop' | 'tool_calls';
  readonly usage: JsonObject;
}

function complete(model: string, messages: ModelRequest['messages'], payload: JsonObject): Completion {
  const said = messages.findLast((message) => message.role === 'user')?.content ?? '';
  const prompt = messages.reduce((sum, message) => sum + countWords(message.content), 0);
  const tool = toolToCall(payload, messages);
  if (tool !== null) {
    const call = { id: 'call_1', type: 'function', function: { name: tool, arguments: '{}' } };
    return {
      id: 'chatcmpl-test',
      model,
      message: { role: 'assistant', content: null, tool_calls: [call] },
      deltas: [{ tool_calls: [{ index: 0, ...call }] }],
      finishReason: 'tool_calls',
      usage: usageOf(prompt, 1),
    };
  }
  const text = `You said: ${said} (${messages.length} messages)`;
  return {
    id: 'chatcmpl-test',
    model,
    message: { role: 'assistant', content: text },
    deltas: (text.match(/\S+\s*/g) ?? []).map((content) => ({ content })),
    finishReason: 'stop',
    usage: usageOf(prompt, countWords(text)),
  };
}

function completionBody(completion: Completion): JsonObject {
  return {
    id: completion.id,
    object: 'chat.completion',
    created: 0,
    model: completion.model,
    choices: [{ index: 0, message: completion.message, finish_reason: completion.finishReason }],
    usage: completion.usage,
  };
}

function usageOf(prompt: number, completion: number): JsonObject {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function toolToCall(payload: JsonObject, messages: ModelRequest['messages']): string | null {
  const last = messages.at(-1);
  if (last?.role !== 'user' || !last.content.includes('use the tool') || !Array.isArray(payload['tools']))
    return null;
  const [first] = payload['tools'];
  const definition = isJsonObject(first) && isJsonObject(first['function']) ? first['function'] : {};
  return typeof definition['name'] === 'string' ? definition['name'] : null;
}

/** Answers 401 or 429 in OpenAI's words for the keys that stand for them; the 401 echoes the key, as the real one does. */
function refuseKey(key: string | null, response: ServerResponse): boolean {
  if (key === null) {
    sendJson(
      response,
      401,
      openAiError(
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        null,
      ),
    );
    return true;
  }
  if (key.startsWith('sk-wrong')) {
    sendJson(
      response,
      401,
      openAiError(
        `Incorrect API key provided: ${key}. You can find your API key at https://platform.openai.com/account/api-keys.`,
        'invalid_api_key',
      ),
    );
    return true;
  }
  if (key.startsWith('sk-limited')) {
    sendJson(response, 429, {
      error: {
        message: 'Rate limit reached for gpt-4o-mini on requests per min (RPM): Limit 3, Used 3.',
        type: 'requests',
        param: null,
        code: 'rate_limit_exceeded',
      },
    });
    return true;
  }
  return false;
}

function openAiError(message: string, code: string | null): JsonObject {
  return { error: { message, type: 'invalid_request_error', param: null, code } };
}

function wantsUsage(payload: JsonObject): boolean {
  return isJsonObject(payload['stream_options']) && payload['stream_options']['include_usage'] === true;
}

/** Content is text or a list of parts (`[{type: 'text', text}]`); parts are joined. */
function messagesOf(payload: JsonObject): ModelRequest['messages'] {
  const list = Array.isArray(payload['messages']) ? payload['messages'] : [];
  return list.filter(isJsonObject).map((message) => {
    const content = message['content'];
    const parts = Array.isArray(content) ? content.filter(isJsonObject) : [];
    const text = parts.map((part) => (typeof part['text'] === 'string' ? part['text'] : '')).join('');
    return {
      role: typeof message['role'] === 'string' ? message['role'] : '',
      content: typeof content === 'string' ? content : text,
    };
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
