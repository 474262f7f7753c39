import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { assertNever, type Actor } from '@weir/kernel';
import { Logger } from '@weir/logging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { keyMalformed } from './idempotency.errors';
import type { StoredAnswer } from './idempotency.repository';
import { IdempotencyService, type Claim } from './idempotency.service';
import { IDEMPOTENT_ROUTE } from './idempotent';
import { hashRequest } from './request-hash';

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;
/** Headers that are part of the answer and not of its transport. */
const KEPT_HEADERS = ['etag', 'location'] as const;

/** Applies to the routes that say `@Idempotent()`, when the request brings a key. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly idempotency: IdempotencyService,
    private readonly logger: Logger,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    const { actor } = request.weirContext;
    const declared = this.reflector.get<boolean | undefined>(IDEMPOTENT_ROUTE, context.getHandler());
    if (declared !== true || key === undefined || actor === null || actor === 'system') return next.handle();
    if (typeof key !== 'string' || !PRINTABLE.test(key)) throw keyMalformed();
    const claim = await this.idempotency.claim(actor, key, hashOf(request));
    return of(await this.answer(actor, claim, context, next));
  }

  private async answer(
    actor: Actor,
    claim: Claim,
    context: ExecutionContext,
    next: CallHandler,
  ): Promise<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (claim.kind !== 'first') reply.header('idempotency-replayed', 'true');
    switch (claim.kind) {
      case 'answered':
        reply.headers(claim.answer.headers);
        return claim.answer.body;
      case 'run':
        return this.handle(claim, next);
      case 'first':
        return this.first(actor, claim, reply, next);
      default:
        return assertNever(claim);
    }
  }

  private async first(
    actor: Actor,
    claim: Extract<Claim, { kind: 'first' }>,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    try {
      const body = await this.handle(claim, next);
      // A run answers for itself: its row is kept anyway, and a stream cannot be.
      if (claim.linkedRun === null) await this.save(actor, claim.id, reply, body);
      return body;
    } catch (error) {
      // What failed changed nothing, unless it made a run: then the link stays.
      await this.idempotency.release(actor, claim.id);
      throw error;
    }
  }

  private handle(claim: Claim, next: CallHandler): Promise<unknown> {
    return this.idempotency.within(claim, () => lastValueFrom(next.handle(), { defaultValue: undefined }));
  }

  /** The work is done and must not look undone because its answer could not be kept; the lock then runs out. */
  private async save(actor: Actor, id: string, reply: FastifyReply, body: unknown): Promise<void> {
    const answer: StoredAnswer = { headers: keptHeaders(reply), body };
    try {
      await this.idempotency.saveAnswer(actor, id, reply.statusCode, answer);
    } catch (error) {
      this.logger.error({ event: 'idempotency.answer_not_kept', err: error });
    }
  }
}

function hashOf(request: FastifyRequest): string {
  const { method, url, body, headers } = request;
  return hashRequest({ method, url, body, contentLength: headers['content-length'] });
}

function keptHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = reply.getHeader(name);
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
