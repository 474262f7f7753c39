import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';

/** Bytes of a JSON body on an ordinary route. */
export const DEFAULT_BODY_LIMIT = 256 * 1024;
/** Bytes of a body that carries flow_data: the 10 MB of a flow and its envelope. */
export const FLOW_BODY_LIMIT = 11 * 1024 * 1024;

/**
 * Gives the routes in `limits` (`POST /v1/…`) a larger body limit than {@link DEFAULT_BODY_LIMIT}. Call before routes are
 * registered.
 * @param refuse looks at the headers of a request to such a route before its body is read: megabytes of strangers are not
 *   worth reading. What it returns is the answer; null lets the request through to the guards, which decide.
 */
export function registerBodyLimits(
  fastify: FastifyInstance,
  limits: Readonly<Record<string, number>>,
  refuse: (request: FastifyRequest) => Error | null,
): void {
  fastify.addHook('onRoute', (route) => {
    const methods = Array.isArray(route.method) ? route.method : [route.method];
    for (const method of methods) {
      const limit = limits[`${method} ${route.url}`];
      if (limit === undefined) continue;
      route.bodyLimit = limit;
      route.onRequest = [...hooksOf(route), (request, _reply, done) => done(refuse(request) ?? undefined)];
    }
  });
}

function hooksOf({ onRequest = [] }: RouteOptions) {
  return Array.isArray(onRequest) ? onRequest : [onRequest];
}
