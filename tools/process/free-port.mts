import { createServer } from 'node:net';

/** A TCP port of this machine that nothing listens on right now. Somebody may still take it before its user does. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  try {
    return await listen(server, 0, host);
  } finally {
    server.close();
  }
}

/** Whether a server could listen there. */
export async function isPortFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port, host);
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The socket has no port.'));
      else resolve(address.port);
    });
  });
}
