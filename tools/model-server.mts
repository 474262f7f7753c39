/**
 * A pretended model for trying Weir without an account anywhere: npm run model-server
 *
 * Speaks OpenAI's chat completions, at once or streamed, on 127.0.0.2:4010. It answers with what it was told and prints the
 * end of the key that it was called with, so that one can see whose key arrives. (127.0.0.2, because Langflow rewrites
 * addresses on 127.0.0.1 when it believes that it runs in a container.)
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

const HOST = process.env['MODEL_HOST'] ?? '127.0.0.2';
const PORT = Number(process.env['MODEL_PORT'] ?? 4010);
const PIECE_MS = 40;

interface ChatRequest {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body: ChatRequest = JSON.parse((await text(request)) || '{}');
  const key = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  const messages = body.messages ?? [];
  const content = messages.at(-1)?.content;
  const asked = typeof content === 'string' ? content : JSON.stringify(content ?? '');
  process.stdout.write(
    `key …${key.slice(-4)}, ${messages.length} messages, the last: ${asked.slice(0, 80)}\n`,
  );
  const reply = `You said: ${asked} (${messages.length} messages)`;
  const usage = {
    prompt_tokens: messages.length * 10,
    completion_tokens: 10,
    total_tokens: messages.length * 10 + 10,
  };
  const shared = { id: 'chat', created: Math.floor(Date.now() / 1000), model: body.model ?? 'pretended' };
  if (body.stream !== true) {
    const choice = { index: 0, message: { role: 'assistant', content: reply }, finish_reason: 'stop' };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...shared, object: 'chat.completion', choices: [choice], usage }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (delta: object, rest: object = {}): boolean =>
    response.write(
      `data: ${JSON.stringify({ ...shared, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: null }], ...rest })}\n\n`,
    );
  for (const piece of reply.match(/\S+\s*/g) ?? []) {
    send({ content: piece });
    await new Promise((resolve) => setTimeout(resolve, PIECE_MS));
  }
  response.write(
    `data: ${JSON.stringify({ ...shared, object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage })}\n\n`,
  );
  response.end('data: [DONE]\n\n');
}

createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    response.writeHead(400).end();
  });
}).listen(PORT, HOST, () => process.stdout.write(`listening: OPENAI_BASE_URL=http://${HOST}:${PORT}/v1\n`));
