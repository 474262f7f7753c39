import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SharedRateLimiters, type SharedRateLimiter } from '@weir/database';
import { clientNetwork, tooManyRequests } from '@weir/http';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Slows guessing down, by account and by address, in counters that all processes share. An attempt is counted before its
 * password is looked at, so that guesses sent at the same moment are counted too. An address from which the account signed
 * in before is counted apart: a stranger's failures cannot lock the owner out (R07).
 */
@Injectable()
export class LoginThrottle {
  private readonly perMinute: SharedRateLimiter;
  private readonly perHour: SharedRateLimiter;
  private readonly perDay: SharedRateLimiter;
  private readonly perAddress: SharedRateLimiter;
  private readonly unknownAccounts: SharedRateLimiter;

  constructor(limiters: SharedRateLimiters) {
    this.perMinute = limiters.create({ name: 'login-account-minute', points: 5, seconds: MINUTE });
    this.perHour = limiters.create({ name: 'login-account-hour', points: 60, seconds: HOUR });
    this.perDay = limiters.create({ name: 'login-account-day', points: 100, seconds: DAY });
    this.perAddress = limiters.create({ name: 'login-address', points: 30, seconds: MINUTE });
    this.unknownAccounts = limiters.create({ name: 'login-unknown', points: 1, seconds: MINUTE });
  }

  /** @throws AppError 429 when the account or the address has been tried too often */
  async admit(attempt: LoginAttempt): Promise<void> {
    const account = accountKey(attempt);
    await take(this.perAddress, addressKey(attempt));
    // One after the other: a guess that a shorter window refused must not use up the day.
    for (const limiter of [this.perMinute, this.perHour, this.perDay]) await take(limiter, account);
  }

  /** The password was right: the attempt was no guess. */
  async recordSuccess(attempt: LoginAttempt): Promise<void> {
    const account = accountKey(attempt);
    await Promise.all([
      this.perAddress.giveBack(addressKey(attempt)),
      ...[this.perMinute, this.perHour, this.perDay].map((limiter) => limiter.reset(account)),
    ]);
  }

  /**
   * A failed sign-in leaves a line in the audit trail of its account. An account that does not exist has none; this write
   * takes its place, so that time does not tell the two apart (R08).
   */
  async recordUnknownAccount(attempt: LoginAttempt): Promise<void> {
    await this.unknownAccounts.take(addressKey(attempt));
  }

  /**
   * For a signed-in person who is asked for the password again. Without the limit of a day: with it, the holder of a
   * stolen token could keep the owner from changing the password.
   * @throws AppError 429 when this person's password was tried too often
   */
  async admitConfirmation(userId: string): Promise<void> {
    for (const limiter of [this.perMinute, this.perHour]) await take(limiter, confirmationKey(userId));
  }

  async recordConfirmed(userId: string): Promise<void> {
    await Promise.all(
      [this.perMinute, this.perHour].map((limiter) => limiter.reset(confirmationKey(userId))),
    );
  }
}

export interface LoginAttempt {
  readonly email: string;
  readonly ip: string | null;
  /** The account signed in from this address before. */
  readonly knownAddress: boolean;
}

async function take(limiter: SharedRateLimiter, key: string): Promise<void> {
  const wait = await limiter.take(key);
  if (wait > 0) throw tooManyRequests(wait, `Too many wrong passwords. Try again in ${wait} s.`);
}

const accountKey = ({ email, ip, knownAddress }: LoginAttempt): string =>
  keyOf('account', email, knownAddress ? (ip ?? '') : '');
const addressKey = ({ ip }: LoginAttempt): string => keyOf('address', ip === null ? '' : clientNetwork(ip));
const confirmationKey = (userId: string): string => keyOf('confirmation', userId);

/** Hashed, so that the table of counters is no list of who has an account. */
function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 40);
}
