import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SharedRateLimiters, type SharedRateLimiter } from '@weir/database';
import { tooManyRequests } from '@weir/http';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * Slows guessing down, by account and by address, in counters that all processes share. An address from which the account
 * signed in before is counted apart: a stranger's failures cannot lock the owner out (R07).
 */
@Injectable()
export class LoginThrottle {
  private readonly perAccount: readonly SharedRateLimiter[];
  private readonly perAddress: SharedRateLimiter;

  constructor(limiters: SharedRateLimiters) {
    this.perAccount = [
      limiters.create({ name: 'login-account-minute', points: 5, seconds: MINUTE }),
      limiters.create({ name: 'login-account-hour', points: 60, seconds: HOUR }),
    ];
    this.perAddress = limiters.create({ name: 'login-address', points: 30, seconds: MINUTE });
  }

  /** @throws AppError 429 when the account or the address has failed too often */
  async check(attempt: LoginAttempt): Promise<void> {
    const waits = await Promise.all([
      ...this.perAccount.map((limiter) => limiter.secondsUntilFree(accountKey(attempt))),
      this.perAddress.secondsUntilFree(addressKey(attempt)),
    ]);
    const wait = Math.max(...waits);
    if (wait > 0) throw tooManyRequests(wait, `Too many failed sign-ins. Try again in ${wait} s.`);
  }

  async recordFailure(attempt: LoginAttempt): Promise<void> {
    await Promise.all([
      ...this.perAccount.map((limiter) => limiter.add(accountKey(attempt))),
      this.perAddress.add(addressKey(attempt)),
    ]);
  }

  async recordSuccess(attempt: LoginAttempt): Promise<void> {
    await Promise.all(this.perAccount.map((limiter) => limiter.reset(accountKey(attempt))));
  }
}

export interface LoginAttempt {
  readonly email: string;
  readonly ip: string | null;
  /** The account signed in from this address before. */
  readonly knownAddress: boolean;
}

// Hashed, so that the table of counters is no list of who has an account.
const accountKey = ({ email, ip, knownAddress }: LoginAttempt): string =>
  createHash('sha256').update(knownAddress ? `${email}\n${ip ?? ''}` : email).digest('hex').slice(0, 40);
const addressKey = ({ ip }: LoginAttempt): string => createHash('sha256').update(ip ?? 'unknown').digest('hex').slice(0, 40);
