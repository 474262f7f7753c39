import { SYSTEM, type Actor } from '@weir/kernel';
import pg from 'pg';

/** Whose rows a connection may see; `SYSTEM` sees none and can only call the functions made for it. */
export type TenantContext = Actor | typeof SYSTEM;

const SET_CONTEXT = {
  name: 'set_tenant_context',
  text: "select set_config('app.organization_id', $1, true), set_config('app.user_id', $2, true)",
};

type PlainQuery = (query: string | pg.QueryConfig, values?: unknown[]) => Promise<pg.QueryResult>;

/**
 * A connection whose transactions carry a tenant: the two settings follow every BEGIN down the same pipe. They are
 * local to the transaction, so the server forgets them at its end whatever this process does, and PgBouncer in
 * transaction mode is safe. Nobody waits for them: were they to fail, the transaction is aborted and so is every
 * statement after them.
 */
export class TenantClient extends pg.Client {
  private context: TenantContext | null = null;

  /** Called at every checkout, before anything is sent. */
  assign(context: TenantContext): void {
    this.context = context;
  }

  // pg declares eight overloads of query, which an override cannot restate; Prisma and the pool use the promise form.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  override query = ((query: string | pg.QueryConfig, values?: unknown[]) => {
    const plainQuery = pg.Client.prototype.query.bind(this) as PlainQuery;
    if (!isBegin(query)) return plainQuery(query, values);
    const settings = { ...SET_CONTEXT, values: this.settings() };
    const sent = this.inOnePacket(() => [plainQuery(query), plainQuery(settings)] as const);
    return Promise.all(sent).then(([begun]) => begun);
  }) as pg.Client['query'];

  /**
   * What `send` writes leaves in one packet. Each packet is a system call here and a wake-up of the server there, which
   * together were the largest cost of a short statement.
   */
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

  private settings(): string[] {
    if (this.context === null) throw new Error('A tenant connection was used before it was checked out.');
    return this.context === SYSTEM ? ['', ''] : [this.context.organizationId, this.context.userId];
  }
}

function isBegin(query: string | pg.QueryConfig): boolean {
  return /^\s*begin\b/i.test(typeof query === 'string' ? query : query.text);
}
