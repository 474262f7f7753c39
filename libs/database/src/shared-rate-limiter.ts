import { Injectable } from '@nestjs/common';
import { runAsSystem } from '@weir/kernel';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { Database } from './database';

export interface SharedRateLimiterOptions {
  /** Part of the stored key; distinct for each use. */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** A counter in Postgres that all processes share. Keys must not carry personal data: they are stored as given. */
export interface SharedRateLimiter {
  /** Whole seconds until the key may be used again; 0 when it may now. Does not count. */
  secondsUntilFree(key: string): Promise<number>;
  /** Counts one. */
  add(key: string): Promise<void>;
  reset(key: string): Promise<void>;
}

/** Makes counters; the table `rate_limits` holds no tenant data, so they work without an actor. */
@Injectable()
export class SharedRateLimiters {
  constructor(private readonly database: Database) {}

  create({ name, points, seconds }: SharedRateLimiterOptions): SharedRateLimiter {
    const limiter = new RateLimiterPostgres({
      storeClient: this.database.rateLimitStore(),
      storeType: 'pool',
      tableName: 'rate_limits',
      tableCreated: true,
      keyPrefix: name,
      points,
      duration: seconds,
      // The sweep of expired rows is the library's; every five minutes.
      clearExpiredByTimeout: false,
    });
    return {
      secondsUntilFree: async (key) => {
        const state = await runAsSystem(() => limiter.get(key));
        return state !== null && state.consumedPoints >= points ? Math.max(1, Math.ceil(state.msBeforeNext / 1000)) : 0;
      },
      // `penalty` counts without refusing: whether to refuse is the caller's question, asked before the work.
      add: async (key) => void (await runAsSystem(() => limiter.penalty(key))),
      reset: async (key) => void (await runAsSystem(() => limiter.delete(key))),
    };
  }
}
