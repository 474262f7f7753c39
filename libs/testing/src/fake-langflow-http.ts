import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Socket } from 'node:net';

export type LocalHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A real HTTP server on a loopback address whose `stop` also ends connections that hang, so that tests never wait. */
export class LocalServer {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private accepted = 0;
  private address: { readonly host: string; readonly port: number } | null = null;

  constructor(handler: LocalHandler) {
    this.server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
      handler(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else sendJson(response, 500, { message: String(error) });
      });
    });
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      this.accepted += 1;
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  /** Listens on `host` (a loopback address) and `port` (0 picks a free one); answers its base URL. */
  async start(host: string, port = 0): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    const { port: bound } = this.server.address() as AddressInfo;
    this.address = { host, port: bound };
    return this.url;
  }

  get url(): string {
    if (this.address === null) throw new Error('The server is not started: await start() first.');
    return `http://${this.address.host}:${this.address.port}`;
  }

  /** Connections open right now; 0 proves that a client closed what it aborted. */
  get openConnections(): number {
    return this.sockets.size;
  }

  /** Connections that were ever opened: few for many requests when a client keeps them. */
  get acceptedConnections(): number {
    return this.accepted;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.address = null;
  }
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The body as JSON; undefined when it is empty or not JSON. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

export function bearerOf(request: IncomingMessage): string | null {
  const value = request.headers.authorization;
  return value?.startsWith('Bearer ') === true ? value.slice('Bearer '.length) : null;
}

/** `word` tokens are how our fakes count usage: deterministic, and plainly not a real tokenizer. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

/** A value as Python prints it: how provider errors look inside Langflow's messages. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string')
    return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${pythonRepr(key)}: ${pythonRepr(member)}`)
    .join(', ')}}`;
}
