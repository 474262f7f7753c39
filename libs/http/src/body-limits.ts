import type { FastifyInstance } from 'fastify';

/** Bytes of a JSON body on an ordinary route. */
export const DEFAULT_BODY_LIMIT = 256 * 1024;
/** Bytes of a body that carries flow_data: the 10 MB of a flow and its envelope. */
export const FLOW_BODY_LIMIT = 11 * 1024 * 1024;

/** Gives the routes in `paths` (`POST /v1/…`) a larger body limit than {@link DEFAULT_BODY_LIMIT}. Call before routes are registered. */
export function registerBodyLimits(fastify: FastifyInstance, limits: Readonly<Record<string, number>>): void {
  fastify.addHook('onRoute', (route) => {
    const methods = Array.isArray(route.method) ? route.method : [route.method];
    for (const method of methods) {
      const limit = limits[`${method} ${route.url}`];
      if (limit !== undefined) route.bodyLimit = limit;
    }
  });
}
