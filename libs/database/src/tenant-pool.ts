import { AsyncLocalStorage } from 'node:async_hooks';
import { currentContext } from '@weir/kernel';
import pg from 'pg';
import { PacketSocket } from './packet-socket';
import { TenantClient, type TenantContext } from './tenant-client';
import { isConnectionBroken, TenantTransaction } from './tenant-transaction';

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
 * because the settings travel in front of it. docs/adr/0006 has the alternatives and numbers.
 */
export class TenantPool extends pg.Pool {
  private readonly current = new AsyncLocalStorage<TenantTransaction>();

  constructor(options: pg.PoolConfig) {
    super({
      ...options,
      pipeline: true,
      stream: () => new PacketSocket(),
      Client: TenantClient,
      // The pool waits for it, although its types do not say so; every client of this pool is a TenantClient.
      // oxlint-disable-next-line typescript/no-misused-promises, typescript/no-unsafe-type-assertion -- see above
      onConnect: (client) => (client as TenantClient).prepareContext(),
    });
    // The pool listens to idle connections only. One that breaks while it is in use fails its statements, which is enough;
    // without a listener the event would end the process.
    this.on('connect', (client) => void client.on('error', () => undefined));
  }

  /**
   * Runs `work` in one transaction: every statement that is sent inside, by whatever code, joins it, on one connection.
   * A call inside another joins the outer one. Commits when `work` resolves, rolls back when it rejects.
   */
  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.inTransaction(work, async (transaction) => {
      const result = await this.current.run(transaction, work);
      await transaction.commit();
      return result;
    });
  }

  /**
   * As {@link transaction}, in one round trip: COMMIT follows the statements that `work` sends before it first waits. When
   * one of them fails, the server makes a ROLLBACK of it, and `work` rejects.
   */
  transactionAtOnce<T>(work: () => Promise<T>): Promise<T> {
    return this.inTransaction(work, async (transaction) => {
      const [working, committing] = transaction.together(() => [
        this.current.run(transaction, work),
        transaction.commit(),
      ]);
      const [worked, committed] = await Promise.allSettled([working, committing]);
      // What a statement says of its failure is worth more than what its transaction says.
      if (worked.status === 'rejected') throw worked.reason;
      if (committed.status === 'rejected') throw committed.reason;
      return worked.value;
    });
  }

  private async inTransaction<T>(
    nested: () => Promise<T>,
    run: (transaction: TenantTransaction) => Promise<T>,
  ): Promise<T> {
    if (this.current.getStore() !== undefined) return nested();
    const context = requireContext();
    const client = await this.checkOut(context);
    const transaction = new TenantTransaction(client, context);
    try {
      return await run(transaction);
    } catch (error) {
      await transaction.rollback();
      throw error;
    } finally {
      client.release(transaction.brokeConnection);
    }
  }

  // The two overrides serve the promise forms, which are the only ones that Prisma calls; pg's overloads cannot be restated.
  override connect = (async () => {
    // Prisma begins a transaction of its own for an operation of several statements. On a second connection it would not
    // see the first one's rows, and might wait for its locks forever.
    if (this.current.getStore() !== undefined) {
      throw new Error('This operation needs a transaction of its own and cannot join the current one.');
    }
    return this.checkOut(requireContext());
  }) as pg.Pool['connect'];

  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  override query = (async (query: string | pg.QueryConfig, values?: unknown[]) => {
    const transaction = this.current.getStore();
    const context = requireContext();
    return transaction === undefined
      ? this.alone(context, query, values)
      : transaction.query(context, query, values);
  }) as pg.Pool['query'];

  private async alone(
    context: TenantContext,
    query: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult> {
    const client = await this.checkOut(context);
    let failure: unknown;
    try {
      return await client.statement(query, values);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      client.release(isConnectionBroken(failure));
    }
  }

  private async checkOut(context: TenantContext): Promise<pg.PoolClient & TenantClient> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every client of this pool is a TenantClient
    const client = await (pg.Pool.prototype.connect.bind(this) as unknown as Checkout)();
    client.assign(context);
    return client;
  }
}

function requireContext(): TenantContext {
  const actor = currentContext()?.actor;
  if (actor === undefined || actor === null) throw new MissingTenantContextError();
  return actor;
}
