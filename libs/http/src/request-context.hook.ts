import { newContext, newId, runInContext, type RequestContext } from '@weir/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { frameworkError } from './problem';

declare module 'fastify' {
  interface FastifyRequest {
    weirContext: RequestContext;
    startedAt: number;
  }
}

const SAFE_REQUEST_ID = /^[A-Za-z0-9._-]{8,128}$/;
const MAX_USER_AGENT = 256;

/** A client's request id is kept when it is harmless, so that its logs and ours can be joined. */
function requestIdOf(request: FastifyRequest): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SAFE_REQUEST_ID.test(given) ? given : newId();
}

/**
 * Gives every request its context, and every answer `X-Request-Id`, `Server-Timing` and `Cache-Control`.
 * The context is entered twice: body parsing continues in the socket's events, where AsyncLocalStorage does not follow.
 */
export function registerRequestContext(fastify: FastifyInstance): void {
  fastify.decorateRequest('weirContext');
  fastify.decorateRequest('startedAt', 0);
  fastify.addHook('onRequest', (request, reply, done) => {
    request.startedAt = performance.now();
    request.weirContext = newContext({
      requestId: requestIdOf(request),
      ip: request.ip,
      userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? null,
    });
    setDefaultHeaders(request, reply);
    // Node would refuse this itself (RFC 9112 section 3.2), but without a body that says why.
    const refusal = request.headers.host === undefined ? frameworkError(400, undefined) : undefined;
    runInContext(request.weirContext, () => done(refusal));
  });
  fastify.addHook('preHandler', (request, _reply, done) => {
    runInContext(request.weirContext, done);
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (!reply.hasHeader('server-timing')) reply.header('server-timing', serverTiming(request));
    done(null, payload);
  });
}

/** Everything behind a login is private; a static page may override this. */
function setDefaultHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.weirContext.requestId);
  reply.header('cache-control', 'no-store');
}

/** `total`, of which `engine` was spent waiting for the engine and `weir` is ours; milliseconds. */
export function serverTiming(request: FastifyRequest): string {
  const total = performance.now() - request.startedAt;
  const engine = Math.min(request.weirContext.engineMs, total);
  const parts = { total, engine, weir: total - engine };
  return Object.entries(parts)
    .map(([name, milliseconds]) => `${name};dur=${milliseconds.toFixed(1)}`)
    .join(', ');
}
