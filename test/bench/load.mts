import autocannon from 'autocannon';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';

export interface Target {
  readonly origin: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Requests at a fixed rate whether or not earlier ones have been answered, as people send them. Milliseconds. */
export async function atRate(target: Target, perSecond: number, seconds: number): Promise<Latencies> {
  const pool = new Pool(target.origin, { connections: 64 });
  const durations: number[] = [];
  const started = performance.now();
  const requests: Promise<void>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const due = started + (index * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await delay(wait);
    requests.push(timeOne(pool, target, due).then((duration) => void durations.push(duration)));
  }
  await Promise.all(requests);
  await pool.close();
  return summarize(durations);
}

// From when the request was due, so that a stall counts for everyone who waited (no coordinated omission).
async function timeOne(pool: Pool, { path, method, headers, body }: Target, due: number): Promise<number> {
  const response = await pool.request({ path, method, headers, body: body ?? null });
  await response.body.dump();
  if (response.statusCode >= 300) throw new Error(`${method} ${path} answered ${response.statusCode}`);
  return performance.now() - due;
}

export function summarize(values: readonly number[]): Latencies {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (quantile: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** As many requests as the target answers. Requests a second. */
export async function flatOut(target: Target, connections: number, seconds: number): Promise<number> {
  const result = await autocannon({
    url: target.origin + target.path,
    method: target.method,
    headers: { ...target.headers },
    connections,
    duration: seconds,
    ...(target.body === undefined ? {} : { body: target.body }),
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${target.path}: ${result.non2xx} answers other than 2xx, ${result.errors} errors`);
  }
  return result['2xx'] / result.duration;
}

export function median(values: readonly number[]): number {
  return summarize(values).p50;
}
