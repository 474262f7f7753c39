import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from '@weir/kernel';
import { ActiveRuns } from './active-runs';
import { LiveRun } from './live-run';
import type { Run } from './run';

const actor: Actor = { userId: 'u', organizationId: 'o', role: 'owner', via: 'session' };
const liveRun = (id: string): LiveRun => new LiveRun(actor, { id, attempt: 1 } as Run);

/** A run that ends when it is told to stop. */
function begin(active: ActiveRuns, id: string): LiveRun {
  const live = liveRun(id);
  const end = (): void => live.finish(live.run);
  live.signal.addEventListener('abort', end);
  active.add(live);
  void active.track(live.ended);
  return live;
}

describe('ActiveRuns', () => {
  it('know a run until it ends', async () => {
    const active = new ActiveRuns();
    const live = begin(active, 'r');
    expect(active.find('r')).toBe(live);
    active.stop('r', 'cancelled');
    await live.ended;
    expect([active.find('r'), active.list()]).toEqual([null, []]);
    expect(live.stopReason).toBe('cancelled');
  });

  it('let runs end by themselves within the grace, and stop them after it (F127)', async () => {
    const active = new ActiveRuns();
    const quick = begin(active, 'quick');
    const slow = begin(active, 'slow');
    const drained = active.drain(60);
    await delay(10);
    quick.finish(quick.run);
    expect(slow.stopReason).toBeNull();
    await drained;
    expect(slow.stopReason).toBe('shutdown');
    expect(active.closed.aborted).toBe(true);
  });

  it('start nothing more once they are being drained', async () => {
    const active = new ActiveRuns();
    await active.drain(10);
    await expect(active.admit(async () => 1)).rejects.toMatchObject({ code: 'shutting_down', status: 503 });
  });

  it('wait for a run that was being started when the stop began, and stop it too', async () => {
    const active = new ActiveRuns();
    const started = active.admit(async () => {
      await delay(40);
      return begin(active, 'late');
    });
    await active.drain(10);
    expect((await started).stopReason).toBe('shutdown');
    expect(active.list()).toEqual([]);
  });
});

describe('LiveRun', () => {
  const event = (sequence: number) => ({ sequence, type: 'text_delta', data: {} }) as const;

  it('gives what is behind a place, and says when that is no longer in memory', () => {
    const live = liveRun('r');
    expect(live.eventsAfter(0)).toEqual([]);
    live.publish(Array.from({ length: 1_200 }, (_event, index) => event(index + 1)));
    expect(live.eventsAfter(1_198)).toEqual([event(1_199), event(1_200)]);
    expect(live.eventsAfter(200)).toHaveLength(1_000);
    expect(live.eventsAfter(199)).toBeNull();
    expect(live.eventsAfter(5_000)).toEqual([]);
  });

  it('wakes its readers at each publication and at the end', async () => {
    const live = liveRun('r');
    const first = live.changed();
    live.publish([event(1)]);
    await first;
    const second = live.changed();
    live.finish(live.run);
    await second;
    expect(live.stopReason).toBeNull();
  });
});
