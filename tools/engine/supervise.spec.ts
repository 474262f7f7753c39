import type { Engine } from './start-engine.mts';
import { superviseEngine, type EngineReport } from './supervise.mts';

/** An engine that ends when told to, by `stop` or by itself. */
function engineThatEnds(): { engine: Engine; crash: (how: string) => void } {
  let end: (how: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const engine: Engine = {
    url: 'http://127.0.0.1:1',
    pid: 1,
    ended,
    stop: () => {
      end('signal SIGTERM');
      return Promise.resolve();
    },
  };
  return { engine, crash: end };
}

describe('superviseEngine', () => {
  it('starts an engine that died again', async () => {
    const stop = new AbortController();
    const reports: EngineReport[] = [];
    let starts = 0;
    await superviseEngine({
      start: () => {
        starts += 1;
        const { engine, crash } = engineThatEnds();
        if (starts === 1) crash('signal SIGKILL');
        else setImmediate(() => stop.abort());
        return Promise.resolve(engine);
      },
      onReport: (report) => reports.push(report),
      signal: stop.signal,
      firstPauseMs: 1,
    });
    expect(starts).toBe(2);
    expect(reports.map(({ phase }) => phase)).toEqual(['starting', 'ready', 'starting', 'starting', 'ready']);
    expect(reports[2]?.detail).toContain('signal SIGKILL');
  });

  it('gives up after five failures in a row and says why', async () => {
    const reports: EngineReport[] = [];
    await superviseEngine({
      start: () => Promise.reject(new Error('the disk is full')),
      onReport: (report) => reports.push(report),
      signal: new AbortController().signal,
      firstPauseMs: 1,
    });
    expect(reports.filter(({ detail }) => detail.startsWith('starting Langflow'))).toHaveLength(5);
    expect(reports.at(-1)).toEqual({
      phase: 'failed',
      detail: 'gave up after 5 attempts, the last one because the disk is full',
    });
  });

  it('stops the engine and returns when it is told to stop', async () => {
    const stop = new AbortController();
    const { engine } = engineThatEnds();
    const supervised = superviseEngine({
      start: () => Promise.resolve(engine),
      onReport: ({ phase }) => {
        if (phase === 'ready') setImmediate(() => stop.abort());
      },
      signal: stop.signal,
    });
    await supervised;
    await expect(engine.ended).resolves.toBe('signal SIGTERM');
  });
});
