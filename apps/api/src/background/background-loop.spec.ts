import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '@weir/logging';
import { BackgroundLoop } from './background-loop';

function loopOf(
  work: (signal: AbortSignal) => Promise<boolean>,
  lines: string[] = [],
  everyMs = 5,
): BackgroundLoop {
  const logger = createLogger({
    level: 'error',
    destination: { write: (line: string) => void lines.push(line) },
  });
  return new BackgroundLoop({ name: 'test', everyMs, work }, logger);
}

describe('BackgroundLoop', () => {
  it('repeats its work and never overlaps itself', async () => {
    let active = 0;
    let turns = 0;
    let most = 0;
    const loop = loopOf(async () => {
      active += 1;
      most = Math.max(most, active);
      await delay(3);
      active -= 1;
      turns += 1;
      return false;
    });
    loop.wake();
    loop.wake();
    await delay(80);
    await loop.stop();
    expect(turns).toBeGreaterThan(2);
    expect(most).toBe(1);
  });

  it('logs and counts a failing turn and goes on', async () => {
    const lines: string[] = [];
    let turns = 0;
    const loop = loopOf(async () => {
      turns += 1;
      if (turns === 1) throw new Error('the database is away');
      return false;
    }, lines);
    loop.wake();
    await delay(60);
    await loop.stop();
    expect(turns).toBeGreaterThan(1);
    expect(loop.failures).toBe(1);
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ event: 'background.failed', loop: 'test' });
  });

  it('follows at once while there is more to do, and when it is woken during a turn', async () => {
    let turns = 0;
    const loop = loopOf(
      async () => {
        turns += 1;
        if (turns === 3) loop.wake();
        return turns < 3;
      },
      [],
      60_000,
    );
    loop.wake();
    await delay(60);
    await loop.stop();
    expect(turns).toBe(4);
  });

  it('drains when it stops: the turn under way ends, no other begins', async () => {
    const seen: string[] = [];
    const loop = loopOf(async (signal) => {
      seen.push('begun');
      await delay(30);
      seen.push(`ended ${signal.aborted}`);
      return true;
    });
    loop.wake();
    await loop.stop();
    loop.wake();
    await delay(30);
    expect(seen).toEqual(['begun', 'ended true']);
  });
});
