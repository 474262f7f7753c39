import { connect } from 'node:net';

export interface RawAnswer {
  /** 0 when the connection ended without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** How long the connection stayed open. */
  readonly ms: number;
}

/**
 * Sends bytes that no proper client would send and waits until the server hangs up, or for `waitMs`.
 * @param parts written one after the other, with `pauseMs` in between
 */
export function sendRaw(
  url: string,
  parts: readonly string[],
  { waitMs = 2000, pauseMs = 0 }: { readonly waitMs?: number; readonly pauseMs?: number } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const start = performance.now();
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let received = '';
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const [head = '', ...rest] = received.split('\r\n\r\n');
      resolve({
        status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
        head,
        body: rest.join('\r\n\r\n'),
        ms: performance.now() - start,
      });
    };
    const timer = setTimeout(finish, waitMs);
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', finish);
    socket.on('connect', () => void writeParts(socket, parts, pauseMs));
  });
}

async function writeParts(
  socket: NodeJS.WritableStream,
  parts: readonly string[],
  pauseMs: number,
): Promise<void> {
  for (const part of parts) {
    if (!socket.writable) return;
    socket.write(part);
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
