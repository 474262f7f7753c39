import type { FastifyInstance } from 'fastify';

export interface RouteEntry {
  readonly method: string;
  /** With parameters, as `/v1/workflows/:id`. */
  readonly path: string;
}

/** Every route that the server answers, collected while it registers them; the isolation matrix is made from it. */
export class RouteTable {
  private readonly entries: RouteEntry[] = [];

  /** Call before any route is registered. */
  attach(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const name of Array.isArray(method) ? method : [method])
        this.entries.push({ method: name, path: url });
    });
  }

  list(): readonly RouteEntry[] {
    return this.entries;
  }

  /** Methods that the path takes; empty when there is no such path. Feeds `Allow` (RFC 9110 section 15.5.6). */
  methodsOf(path: string): string[] {
    const matching = this.entries.filter(
      (entry) => entry.path !== '*' && entry.path !== '/*' && matches(entry.path, path),
    );
    return [...new Set(matching.map(({ method }) => method))].toSorted();
  }
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => part.startsWith(':') || part === given[index])
  );
}
