import { setTimeout as delay } from 'node:timers/promises';
import type { RunEvent } from './run-event';
import { toServerSentEvents } from './server-sent-events';

async function* slowly(pauseMs: number, ...events: RunEvent[]): AsyncGenerator<RunEvent> {
  for (const event of events) {
    await delay(pauseMs);
    yield event;
  }
}

async function chunksOf(events: AsyncIterable<RunEvent>, heartbeatMs: number): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of toServerSentEvents(events, heartbeatMs)) chunks.push(chunk);
  return chunks;
}

describe('toServerSentEvents', () => {
  it('frames each event with its id, its type and its data on one line', async () => {
    const event = { sequence: 7, type: 'text_delta', data: { text: 'two\nlines\u2028' } } as const;
    const chunks = await chunksOf(slowly(0, event), 1_000);
    expect(chunks).toEqual([
      'retry: 2000\n\n',
      `id: 7\nevent: text_delta\ndata: ${JSON.stringify(event.data)}\n\n`,
    ]);
  });

  it('sends a comment while there is nothing to tell, and loses no event by it', async () => {
    const chunks = await chunksOf(slowly(35, { sequence: 1, type: 'text_delta', data: {} }), 10);
    expect(chunks.filter((chunk) => chunk.startsWith(':')).length).toBeGreaterThanOrEqual(2);
    expect(chunks.filter((chunk) => chunk.startsWith('id:'))).toHaveLength(1);
  });

  it('lets go of the run when its reader leaves', async () => {
    let released = false;
    async function* events(): AsyncGenerator<RunEvent> {
      try {
        for (let sequence = 1; ; sequence += 1) yield { sequence, type: 'text_delta', data: {} };
      } finally {
        released = true;
      }
    }
    for await (const chunk of toServerSentEvents(events(), 1_000)) if (chunk.startsWith('id: 3')) break;
    await delay(5);
    expect(released).toBe(true);
  });
});
