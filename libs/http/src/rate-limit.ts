import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '@weir/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { clientNetwork } from './client-network';

/** Requests a minute, by what a route costs. Documented in docs/operations.md. */
export const RATE_CLASSES = {
  /** Sign-in and sign-up, by address: each costs a password hash. */
  authentication: { points: 60, by: 'ip' },
  read: { points: 1200, by: 'actor' },
  write: { points: 300, by: 'actor' },
  run: { points: 600, by: 'actor' },
  /** Probes and documents. */
  open: { points: 600, by: 'ip' },
} as const;

export type RateClass = keyof typeof RATE_CLASSES;

const RATE_CLASS = 'weir:rate-class';
const WINDOW_SECONDS = 60;

/** Puts a route into a class other than the one of its method (GET: read, else: write). */
export const RateLimited = (rateClass: RateClass): MethodDecorator & ClassDecorator =>
  SetMetadata(RATE_CLASS, rateClass);

/** Limits requests by actor, or by address where nobody is signed in. Counts in this process's memory. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly limiters = new Map<RateClass, RateLimiterMemory>();

  constructor(
    private readonly reflector: Reflector,
    private readonly enabled: boolean,
  ) {
    for (const [name, { points }] of Object.entries(RATE_CLASSES)) {
      this.limiters.set(
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of this very object
        name as RateClass,
        new RateLimiterMemory({ points, duration: WINDOW_SECONDS, keyPrefix: name }),
      );
    }
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.enabled) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const rateClass = this.classOf(context, request);
    const state = await this.consume(rateClass, keyOf(rateClass, request));
    setHeaders(context.switchToHttp().getResponse<FastifyReply>(), rateClass, state);
    if (state.exceeded) throw tooManyRequests(state.resetSeconds);
    return true;
  }

  private classOf(context: ExecutionContext, request: FastifyRequest): RateClass {
    const declared = this.reflector.getAllAndOverride<RateClass | undefined>(RATE_CLASS, [
      context.getHandler(),
      context.getClass(),
    ]);
    return declared ?? (request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write');
  }

  private async consume(rateClass: RateClass, key: string): Promise<LimitState> {
    try {
      return toState(await this.limiters.get(rateClass)?.consume(key), false);
    } catch (rejected) {
      if (rejected instanceof RateLimiterRes) return toState(rejected, true);
      throw rejected;
    }
  }
}

interface LimitState {
  readonly exceeded: boolean;
  readonly remaining: number;
  readonly resetSeconds: number;
}

function toState(result: RateLimiterRes | undefined, exceeded: boolean): LimitState {
  return {
    exceeded,
    remaining: Math.max(0, result?.remainingPoints ?? 0),
    resetSeconds: Math.max(1, Math.ceil((result?.msBeforeNext ?? 0) / 1000)),
  };
}

function keyOf(rateClass: RateClass, request: FastifyRequest): string {
  const { actor } = request.weirContext;
  if (RATE_CLASSES[rateClass].by === 'ip' || actor === null || actor === 'system')
    return `ip:${clientNetwork(request.ip)}`;
  return `user:${actor.organizationId}:${actor.userId}`;
}

function setHeaders(reply: FastifyReply, rateClass: RateClass, state: LimitState): void {
  reply.header('ratelimit-limit', String(RATE_CLASSES[rateClass].points));
  reply.header('ratelimit-remaining', String(state.remaining));
  reply.header('ratelimit-reset', String(state.resetSeconds));
}

export function tooManyRequests(retryAfterSeconds: number, detail?: string): AppError {
  return new AppError({
    code: 'rate_limited',
    status: 429,
    title: 'Too many requests',
    detail: detail ?? `Slow down and try again in ${retryAfterSeconds} s.`,
    retryAfterSeconds,
  });
}
