import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { dropWhenStalled } from './stalled-reader';

const CHUNK = 'x'.repeat(256 * 1024);

/** A response that is written as fast as its reader takes it, watched for stalls. */
async function watched(periodMs: number) {
  const server = createServer((_request, response) => {
    dropWhenStalled(response, periodMs);
    Readable.from(forEver()).pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const request = get({ host: '127.0.0.1', port, agent: false });
  const [answer] = await once(request, 'response');
  return { answer, close: () => new Promise((resolve) => server.close(resolve)) };
}

function* forEver(): Generator<string> {
  for (;;) yield CHUNK;
}

describe('dropWhenStalled', () => {
  it('breaks the connection of a reader that takes nothing', async () => {
    const { answer, close } = await watched(50);
    answer.pause();
    const ended = once(answer, 'error');
    await delay(400);
    answer.resume();
    await expect(ended).resolves.toMatchObject([{ code: 'ECONNRESET' }]);
    await close();
  });

  it('leaves a reader alone that takes a little now and then', async () => {
    const { answer, close } = await watched(100);
    let taken = 0;
    for (let turn = 0; turn < 12; turn += 1) {
      taken += answer.read()?.length ?? 0;
      await delay(30);
    }
    expect(answer.destroyed).toBe(false);
    expect(taken).toBeGreaterThan(0);
    answer.destroy();
    await close();
  });
});
