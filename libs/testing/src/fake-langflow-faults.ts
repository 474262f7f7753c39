import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { assertNever } from '@weir/kernel';

/** What an engine can do wrong. */
export type FakeFault =
  /** Answers with this instead. A string is sent as it is, anything else as JSON. */
  | {
      readonly kind: 'respond';
      readonly status: number;
      readonly body?: unknown;
      readonly contentType?: string;
    }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  /** Closes the connection, before the first byte or after the beginning of an answer. */
  | { readonly kind: 'reset'; readonly after?: 'request' | 'first_byte' }
  /** Gives the real answer one byte at a time. */
  | { readonly kind: 'drip'; readonly intervalMs: number }
  /** Waits, then answers normally. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** 200 with JSON whose members have other types than they should. */
  | { readonly kind: 'wrong_types' }
  /** 200 and then this many bytes of one event that does not end. */
  | { readonly kind: 'huge'; readonly bytes: number };

export interface FaultOptions {
  /** The fault waits for a request whose path begins so; runs by default. */
  readonly path?: string;
  /** For how many requests; 1 by default. */
  readonly times?: number;
}

interface PendingFault {
  readonly fault: FakeFault;
  readonly path: string;
  remaining: number;
}

/** Faults that were ordered and have not happened yet. */
export class FaultQueue {
  private readonly pending: PendingFault[] = [];

  add(fault: FakeFault, options: FaultOptions): void {
    this.pending.push({ fault, path: options.path ?? '/api/v1/run/', remaining: options.times ?? 1 });
  }

  clear(): void {
    this.pending.length = 0;
  }

  /** The fault for this request, which is then used up. */
  take(path: string): FakeFault | null {
    const found = this.pending.find((candidate) => path.startsWith(candidate.path));
    if (found === undefined) return null;
    found.remaining -= 1;
    if (found.remaining === 0) this.pending.splice(this.pending.indexOf(found), 1);
    return found.fault;
  }
}

/**
 * Lets a fault happen.
 * @returns true when the request is dealt with; false when the normal answer must still be made
 */
export async function applyFault(
  fault: FakeFault,
  request: IncomingMessage,
  response: ServerResponse,
  isStream: boolean,
): Promise<boolean> {
  switch (fault.kind) {
    case 'respond':
      respond(fault, response);
      return true;
    case 'hang':
      return true;
    case 'reset':
      if (fault.after === 'first_byte') await begin(response, isStream);
      request.socket.destroy();
      return true;
    case 'drip':
      slowDown(response, fault.intervalMs);
      return false;
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return false;
    case 'wrong_types':
      response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
      response.end(
        isStream
          ? '{"event":"token","data":7}\n\n{"event":"end","data":{"result":[]}}\n\n'
          : '{"session_id":1,"outputs":"x"}',
      );
      return true;
    case 'huge':
      await flood(response, fault.bytes, isStream);
      return true;
    default:
      return assertNever(fault);
  }
}

function respond(fault: Extract<FakeFault, { kind: 'respond' }>, response: ServerResponse): void {
  const text = typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body ?? {});
  response.writeHead(fault.status, {
    'content-type': fault.contentType ?? (typeof fault.body === 'string' ? 'text/plain' : 'application/json'),
  });
  response.end(text);
}

async function begin(response: ServerResponse, isStream: boolean): Promise<void> {
  response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
  const start = isStream
    ? '{"event":"token","data":{"chunk":"half ","id":"m1"}}\n\n{"event":"tok'
    : '{"session_id":"s';
  await new Promise((resolve) => response.write(start, resolve));
  // The bytes must be on the wire before the connection breaks.
  await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Sends what is written from now on byte by byte. */
function slowDown(response: ServerResponse, intervalMs: number): void {
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  const waiting: Buffer[] = [];
  let ended = false;
  const timer = setInterval(() => {
    const byte = waiting[0]?.subarray(0, 1);
    if (byte !== undefined && waiting[0] !== undefined) {
      write(byte);
      waiting[0] = waiting[0].subarray(1);
      if (waiting[0].length === 0) waiting.shift();
    } else if (ended) {
      clearInterval(timer);
      end();
    }
  }, intervalMs);
  response.on('close', () => clearInterval(timer));
  response.write = ((chunk: string | Buffer) =>
    waiting.push(Buffer.from(chunk)) > 0) as typeof response.write;
  response.end = ((chunk?: string | Buffer) => {
    if (chunk !== undefined) waiting.push(Buffer.from(chunk));
    ended = true;
    return response;
  }) as typeof response.end;
}

async function flood(response: ServerResponse, bytes: number, isStream: boolean): Promise<void> {
  response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
  response.write('{"event":"token","data":{"chunk":"');
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  const piece = 'x'.repeat(64 * 1024);
  for (let sent = 0; sent < bytes && !response.destroyed; sent += piece.length) {
    if (response.write(piece)) continue;
    await once(response, 'drain', { signal: closed.signal }).catch(() => undefined);
  }
  response.end('"}}\n\n');
}
