import { SYSTEM, type Actor } from '@weir/kernel';
import pg from 'pg';
import { TenantQuery, type Prepared } from './tenant-query';

/** Whose rows a connection may see; `SYSTEM` sees none and can only call the functions made for it. */
export type TenantContext = Actor | typeof SYSTEM;

const BEGIN = { name: 'weir_begin', values: [] } as const;
const SET_CONTEXT = {
  name: 'weir_context',
  text: "select set_config('app.organization_id', $1, true), set_config('app.user_id', $2, true)",
};

/**
 * A connection whose statements carry a tenant. The two settings are local to the transaction of the statement, so the
 * server forgets them at its end whatever this process does, and PgBouncer in transaction mode is safe.
 */
export class TenantClient extends pg.Client {
  private context: TenantContext | null = null;

  /** Makes the statements known that stand in front of others. Called once for each connection, before anything else. */
  async prepareContext(): Promise<void> {
    await Promise.all([
      this.plainQuery({ name: BEGIN.name, text: 'begin' }),
      this.plainQuery({ ...SET_CONTEXT, values: ['', ''] }),
      this.plainQuery('rollback'),
    ]);
  }

  /** Called at every checkout, before anything is sent. */
  assign(context: TenantContext): void {
    this.context = context;
  }

  /** A statement in a transaction of its own, in one round trip. */
  statement(query: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    return this.behind([this.settings()], query, values);
  }

  /** The first statement of a transaction that stays open, in one round trip with its beginning. */
  firstOfTransaction(query: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    return this.behind([BEGIN, this.settings()], query, values);
  }

  // For the transactions that Prisma itself begins: the settings follow every BEGIN down the same pipe. Nobody waits for
  // them: were they to fail, the transaction is aborted and so is every statement after them. pg declares eight overloads
  // of query, which an override cannot restate; Prisma and the pool use the promise form.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  override query = ((query: string | pg.QueryConfig, values?: unknown[]) => {
    if (!isBegin(query)) return this.plainQuery(query, values);
    const settings = { ...SET_CONTEXT, values: [...this.settings().values] };
    return Promise.all([this.plainQuery(query), this.plainQuery(settings)]).then(([begun]) => begun);
  }) as pg.Client['query'];

  inOnePacket<T>(send: () => T): T {
    const { stream } = this.connectionOf();
    stream.cork();
    try {
      return send();
    } finally {
      stream.uncork();
    }
  }

  /** The types of pg leave out `connection`, which its documentation names. */
  private connectionOf(): pg.Connection {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    return (this as unknown as { readonly connection: pg.Connection }).connection;
  }

  private behind(
    prologue: readonly Prepared[],
    query: string | pg.QueryConfig,
    values: unknown[] | undefined,
  ): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      const callback = (error: Error | null | undefined, result: pg.QueryResult): void =>
        error === null || error === undefined ? resolve(result) : reject(error);
      super.query(new TenantQuery(query, values, prologue, callback));
    });
  }

  /** A statement as it is: its transaction carries the tenant already. */
  plainQuery(query: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one overload stands for both
    return super.query(query as string, values);
  }

  private settings(): Prepared {
    if (this.context === null) throw new Error('A tenant connection was used before it was checked out.');
    const { name } = SET_CONTEXT;
    if (this.context === SYSTEM) return { name, values: ['', ''] };
    return { name, values: [this.context.organizationId, this.context.userId] };
  }
}

function isBegin(query: string | pg.QueryConfig): boolean {
  return /^\s*begin\b/i.test(typeof query === 'string' ? query : query.text);
}
