import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { SharedRateLimiters, type SharedRateLimiter } from '@weir/database';
import { tooManyRequests } from '@weir/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiKeyAuthenticator } from './api-key-authenticator';

const WINDOW_SECONDS = 60;

/**
 * Counts the requests of keys that have a limit of their own, in Postgres, because the promise is one number however many
 * processes serve it. The limits of {@link RateLimitGuard} hold besides.
 */
@Injectable()
export class ApiKeyRateGuard implements CanActivate {
  /** The counter of a key is the same in each; they differ in what they allow. */
  private readonly limiters = new Map<number, SharedRateLimiter>();

  constructor(
    private readonly rates: SharedRateLimiters,
    private readonly keys: ApiKeyAuthenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { actor } = context.switchToHttp().getRequest<FastifyRequest>().weirContext;
    if (actor === null || actor === 'system' || actor.apiKeyId === undefined) return true;
    const { requestsPerMinute: points = null, lineageId = '' } = (await this.keys.find(actor.apiKeyId)) ?? {};
    if (points === null) return true;
    const wait = await this.limiterOf(points).take(lineageId);
    if (wait === 0) return true;
    tell(context.switchToHttp().getResponse<FastifyReply>(), points, wait);
    throw tooManyRequests(
      wait,
      `This API key may send ${points} requests a minute. Try again in ${wait} s, or use a key with a higher limit.`,
    );
  }

  private limiterOf(points: number): SharedRateLimiter {
    const known = this.limiters.get(points);
    if (known !== undefined) return known;
    const limiter = this.rates.create({ name: 'api-key', points, seconds: WINDOW_SECONDS });
    this.limiters.set(points, limiter);
    return limiter;
  }
}

function tell(reply: FastifyReply, points: number, wait: number): void {
  reply.header('ratelimit-limit', String(points));
  reply.header('ratelimit-remaining', '0');
  reply.header('ratelimit-reset', String(wait));
}
