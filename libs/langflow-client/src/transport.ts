import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { Deadline } from './deadline';
import { EngineError } from './engine-error';

/** Bounds of time, in milliseconds. */
export interface EngineTimeouts {
  readonly connectMs: number;
  /** Until the first byte of an answer. A run that is not streamed only answers when it is done: there `totalMs` holds. */
  readonly firstByteMs: number;
  /** Longest silence inside an answer. */
  readonly idleMs: number;
  readonly totalMs: number;
}

export interface TransportOptions {
  /** Scheme, host and port of the engine; a path is kept as a prefix. */
  readonly baseUrl: string;
  readonly timeouts: EngineTimeouts;
  /** Largest answer, in bytes, that is read before the connection is closed. */
  readonly maxResponseBytes: number;
  /** Most connections at a time; further requests wait for one. */
  readonly connections: number;
}

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
  readonly signal?: AbortSignal | undefined;
  readonly totalMs?: number | undefined;
  /** Set for runs that are not streamed: silence is work. */
  readonly answersWhenDone?: boolean;
}

export interface EngineResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** An answer whose body is still coming. `close` or `finish` must be called, else the connection stays taken. */
export interface OpenResponse {
  readonly status: number;
  readonly contentType: string;
  readonly chunks: AsyncIterable<Buffer>;
  /** Stops the engine: an unread rest is thrown away with its connection. After the end this does nothing. */
  close(): void;
  /** All that matters was read: the connection is kept for the next request if the rest comes soon and is short. */
  finish(): void;
}

/**
 * Idle connections are given up before Langflow's server does so (uvicorn: 5 s): a request written to a connection that
 * is closing at that moment could not be told from one that was accepted.
 */
const KEEP_ALIVE_MS = 3_000;

/** What may still come of an answer that is complete, before its connection is given up. */
const REST_BYTES = 64 * 1024;
const REST_MS = 1_000;

/** HTTP to one engine: pooled, bounded in time and size, never retried. Every failure is an {@link EngineError}. */
export class Transport {
  private readonly pool: Pool;
  private readonly prefix: string;

  constructor(private readonly options: TransportOptions) {
    const url = new URL(options.baseUrl);
    this.prefix = url.pathname.replace(/\/+$/, '');
    this.pool = new Pool(url.origin, {
      connections: options.connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      connect: { timeout: options.timeouts.connectMs },
    });
  }

  /** Sends and reads the whole answer, whatever its status. */
  async send(request: EngineRequest): Promise<EngineResponse> {
    const response = await this.open(request);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of response.chunks) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString('utf8');
      return { status: response.status, contentType: response.contentType, body };
    } finally {
      response.close();
    }
  }

  /** Sends and answers as soon as the headers are there. */
  async open(request: EngineRequest): Promise<OpenResponse> {
    const deadline = new Deadline(request.totalMs ?? this.options.timeouts.totalMs, request.signal);
    try {
      const { statusCode, headers, body } = await this.pool.request(this.toDispatch(request, deadline));
      const contentType = headers['content-type'];
      return {
        status: statusCode,
        contentType: typeof contentType === 'string' ? contentType : '',
        // Who leaves the loop says how it ends, by `close` or `finish`.
        chunks: this.read(body.iterator({ destroyOnReturn: false }), deadline),
        close: () => {
          deadline.clear();
          body.on('error', ignore).destroy();
        },
        finish: () => {
          deadline.clear();
          body.dump({ limit: REST_BYTES, signal: AbortSignal.timeout(REST_MS) }).catch(ignore);
        },
      };
    } catch (error) {
      deadline.clear();
      throw deadline.explain(error);
    }
  }

  /** Closes all connections; requests under way fail. */
  close(): Promise<void> {
    return this.pool.destroy();
  }

  private toDispatch(request: EngineRequest, deadline: Deadline): Dispatcher.RequestOptions {
    const { firstByteMs, idleMs, totalMs } = this.options.timeouts;
    return {
      method: request.method,
      path: this.prefix + request.path,
      headers: { accept: 'application/json', ...request.headers },
      body: request.body ?? null,
      signal: deadline.signal,
      headersTimeout: request.answersWhenDone === true ? (request.totalMs ?? totalMs) : firstByteMs,
      bodyTimeout: idleMs,
    };
  }

  private async *read(
    body: AsyncIterable<Buffer>,
    deadline: Deadline,
  ): AsyncGenerator<Buffer, void, undefined> {
    let size = 0;
    try {
      for await (const chunk of body) {
        size += chunk.length;
        if (size > this.options.maxResponseBytes) throw new EngineError('too_large');
        yield chunk;
      }
    } catch (error) {
      throw deadline.explain(error);
    }
  }
}

function ignore(): void {
  // Destroying a body that is under way emits an abort that nobody waits for any more.
}
