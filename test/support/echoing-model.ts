import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A provider with bad manners: it says the key that it was called with in every answer, in several encodings, and in its
 * refusals. Real ones do at least the latter.
 */
export class EchoingModel {
  readonly keysSeen: string[] = [];
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.2', resolve));
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  get baseUrl(): string {
    return `http://127.0.0.2:${(this.server.address() as AddressInfo).port}/v1`;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const key = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    this.keysSeen.push(key);
    request.resume();
    const echo = [
      key,
      Buffer.from(key).toString('base64'),
      encodeURIComponent(key),
      JSON.stringify(key),
      `header: Bearer ${key}.`,
      `${key}${key}`,
    ].join(' and ');
    const refused = key.startsWith('sk-wrong');
    const body = refused
      ? {
          error: {
            message: `Incorrect API key provided: ${echo}`,
            type: 'invalid_request_error',
            code: 'invalid_api_key',
          },
        }
      : {
          id: 'c1',
          object: 'chat.completion',
          model: 'gpt-4o-mini',
          choices: [
            {
              index: 0,
              finish_reason: 'stop',
              message: { role: 'assistant', content: `Your key is ${echo}` },
            },
          ],
          usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
        };
    response.writeHead(refused ? 401 : 200, {
      'content-type': 'application/json',
      'x-echo': encodeURIComponent(key),
    });
    response.end(JSON.stringify(body));
  }
}
