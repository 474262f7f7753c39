import { currentContext } from '@weir/kernel';
import pg from 'pg';
import { TenantClient, type TenantContext } from './tenant-client';

/** Thrown when code reaches for the database outside of any request or job: a programming error, never a client's. */
export class MissingTenantContextError extends Error {
  constructor() {
    super('A query was sent without a tenant context. Run it inside runAs(actor, …) or runAsSystem(…).');
    this.name = 'MissingTenantContextError';
  }
}

type Checkout = () => Promise<pg.PoolClient & TenantClient>;

/**
 * The pool behind Prisma. Every statement runs in a transaction that carries the actor of the current context, so that
 * row-level security knows who asks; without an actor nothing is sent. A single statement still costs one round trip,
 * because BEGIN, the settings, the statement and COMMIT are pipelined. docs/adr/0001 has the alternatives and numbers.
 */
export class TenantPool extends pg.Pool {
  constructor(options: pg.PoolConfig) {
    // `pipeline` reaches the client; the types of pg 8.23 do not know it yet.
    const pipelined: pg.PoolConfig & { pipeline: true } = {
      ...options,
      pipeline: true,
      Client: TenantClient,
    };
    super(pipelined);
    // The pool listens to idle connections only. One that breaks while it is in use fails its statements, which is enough;
    // without a listener the event would end the process.
    this.on('connect', (client) => void client.on('error', () => undefined));
  }

  // The two overrides serve the promise forms, which are the only ones that Prisma calls; pg's overloads cannot be restated.
  override connect = (async () => {
    const context = requireContext();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every client of this pool is a TenantClient
    const client = await (pg.Pool.prototype.connect.bind(this) as unknown as Checkout)();
    client.assign(context);
    return client;
  }) as pg.Pool['connect'];

  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  override query = (async (query: string | pg.QueryConfig, values?: unknown[]) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every client of this pool is a TenantClient
    const client = (await this.connect()) as pg.PoolClient & TenantClient;
    let failure: unknown;
    try {
      const sent = client.inOnePacket(() => [
        client.query('BEGIN'),
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one overload stands for both
        client.query(query as string, values),
        client.query('COMMIT'),
      ]);
      const [, answer] = await allOrFirstFailure(sent);
      return answer;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      client.release(isConnectionBroken(failure));
    }
  }) as pg.Pool['query'];
}

function requireContext(): TenantContext {
  const actor = currentContext()?.actor;
  if (actor === undefined || actor === null) throw new MissingTenantContextError();
  return actor;
}

/**
 * Waits for all, then throws the first failure: the connection goes back to the pool only when nothing is left on it.
 * After a failed statement COMMIT succeeds as a rollback, so the statement's own error is the one that surfaces.
 */
async function allOrFirstFailure<T extends readonly unknown[]>(work: {
  readonly [K in keyof T]: Promise<T[K]>;
}): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work) as Promise<{ [K in keyof T]: Awaited<T[K]> }>;
}

/** A server's refusal of one statement leaves the connection usable; anything else does not, its farewell included. */
function isConnectionBroken(failure: unknown): boolean {
  if (failure === undefined) return false;
  return (
    !(failure instanceof pg.DatabaseError) || failure.severity === 'FATAL' || failure.severity === 'PANIC'
  );
}
