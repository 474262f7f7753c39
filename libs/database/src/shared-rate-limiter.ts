import { Injectable } from '@nestjs/common';
import { runAsSystem } from '@weir/kernel';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { Database } from './database';

export interface SharedRateLimiterOptions {
  /** Part of the stored key; distinct for each use. */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** A counter in Postgres that all processes share. Keys must not carry personal data: they are stored as given. */
export interface SharedRateLimiter {
  /**
   * Counts one use, then says whether it was within the limit. Counting comes first so that uses at the same moment
   * cannot all pass a check that none of them has been counted for.
   * @returns 0 when the use is within the limit, otherwise whole seconds until the key may be used again
   */
  take(key: string): Promise<number>;
  /** Takes one counted use back: it turned out not to be one. */
  giveBack(key: string): Promise<void>;
  /** Forgets all uses of the key. */
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
      // The library's own sweep runs outside of any context, which the pool refuses; purge_deleted() sweeps instead.
      clearExpiredByTimeout: false,
    });
    return {
      take: (key) => runAsSystem(() => secondsToWait(limiter.consume(key))),
      giveBack: async (key) => void (await runAsSystem(() => limiter.reward(key))),
      reset: async (key) => void (await runAsSystem(() => limiter.delete(key))),
    };
  }
}

/** The library refuses by rejecting with its state; every other rejection is a failure. */
async function secondsToWait(use: Promise<RateLimiterRes>): Promise<number> {
  try {
    await use;
    return 0;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    throw refusal;
  }
}
