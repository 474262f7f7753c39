import { setTimeout as delay } from 'node:timers/promises';

/** What `work` gives, or null when it takes longer. The work itself goes on; no timer is left behind. */
export async function atMost<T>(milliseconds: number, work: Promise<T>): Promise<T | null> {
  const timer = new AbortController();
  try {
    return await Promise.race([work, delay(milliseconds, null, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
