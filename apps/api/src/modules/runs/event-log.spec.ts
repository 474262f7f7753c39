import { setTimeout as delay } from 'node:timers/promises';
import { EventLog } from './event-log';
import type { RunEvent } from './run-event';

const delta = (text: string) => ({ type: 'text_delta', data: { text } }) as const;
const done = { type: 'done', data: {} } as const;

/** A log over a store that takes its time; what it stored and told, batch by batch. */
function slowLog(store: (batch: readonly RunEvent[]) => boolean = () => true) {
  const stored: number[][] = [];
  const told: number[] = [];
  const failures: unknown[] = [];
  const log = new EventLog(
    async (events) => {
      await delay(10);
      const isOurs = store(events);
      if (isOurs) stored.push(events.map(({ sequence }) => sequence));
      return isOurs;
    },
    (events) => told.push(...events.map(({ sequence }) => sequence)),
    (error) => failures.push(error),
  );
  return { log, stored, told, failures };
}

describe('EventLog', () => {
  it('writes what comes in one packet together, and what gathers during one insert with the next one', async () => {
    const { log, stored, told } = slowLog();
    const tell = (...texts: readonly string[]): void => {
      for (const text of texts) {
        log.add(delta(text));
        log.flush();
      }
    };
    tell('a', 'b');
    await delay(5);
    tell('c', 'd', 'e');
    expect(told).toEqual([]);
    const left = await log.close(done);
    expect(stored).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    expect(told).toEqual([1, 2, 3, 4, 5]);
    expect(left).toEqual([{ sequence: 6, ...done }]);
  });

  it('never writes the last event itself, not even during an insert', async () => {
    const { log, stored } = slowLog();
    log.add(delta('a'));
    log.flush();
    log.add(delta('b'));
    const left = await log.close(done);
    expect(stored.flat()).toEqual([1, 2]);
    expect(left.map(({ type }) => type)).toEqual(['done']);
  });

  it('hands over everything when nothing was flushed, as in a sync run', async () => {
    const { log, stored } = slowLog();
    log.add({ type: 'session_start', data: {} }, delta('a'));
    expect((await log.close(done)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(stored).toEqual([]);
  });

  it('keeps a batch that could not be stored, in its place', async () => {
    let attempts = 0;
    const { log, stored, told, failures } = slowLog(() => {
      attempts += 1;
      if (attempts === 1) throw new Error('the database is away');
      return true;
    });
    log.add(delta('a'));
    log.flush();
    await delay(20);
    log.add(delta('b'));
    log.flush();
    await delay(20);
    expect(failures).toHaveLength(1);
    expect(stored).toEqual([[1, 2]]);
    expect(told).toEqual([1, 2]);
  });

  it('tells nobody what was refused', async () => {
    const { log, told, failures } = slowLog(() => false);
    log.add(delta('a'));
    log.flush();
    await delay(20);
    expect(told).toEqual([]);
    expect(failures).toMatchObject([{ name: 'EventsRefusedError' }]);
  });
});
