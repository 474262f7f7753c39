import pg from 'pg';
import { SYSTEM } from '@weir/kernel';
import type { TenantClient, TenantContext } from './tenant-client';

/** A transaction that could not be committed because one of its statements had failed, although nobody said so. */
export class FailedTransactionError extends Error {
  constructor() {
    super(
      'A statement of this transaction failed and its error was swallowed; the transaction was rolled back.',
    );
    this.name = 'FailedTransactionError';
  }
}

/** One transaction on one connection. It begins with its first statement: work that sends none costs nothing. */
export class TenantTransaction {
  private hasBegun = false;
  private isOver = false;
  private isBroken = false;

  constructor(
    private readonly client: TenantClient,
    private readonly context: TenantContext,
  ) {}

  /** @param context of whoever sends it: what one actor began, no other can join */
  query(context: TenantContext, query: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    if (!isSame(this.context, context)) throw new Error('A transaction of one actor was joined by another.');
    // A statement that nobody waited for would land in somebody else's transaction.
    if (this.isOver) throw new Error('A statement was sent after the end of its transaction.');
    if (this.hasBegun) return this.client.plainQuery(query, values);
    this.hasBegun = true;
    return this.client.firstOfTransaction(query, values);
  }

  /** What `send` writes leaves in one packet: each is a system call here and a wake-up of the server there. */
  together<T>(send: () => T): T {
    return this.client.inOnePacket(send);
  }

  /** True when the connection is not fit for anybody else. */
  get brokeConnection(): boolean {
    return this.isBroken;
  }

  /** @throws FailedTransactionError, or the server's refusal: nothing was changed then */
  async commit(): Promise<void> {
    // Postgres answers the COMMIT of a failed transaction with ROLLBACK, and no error.
    if ((await this.end('commit')) === 'ROLLBACK') throw new FailedTransactionError();
  }

  /** Never rejects: the reason for it is what its caller throws. */
  async rollback(): Promise<void> {
    await this.end('rollback').catch(() => undefined);
  }

  private async end(how: 'commit' | 'rollback'): Promise<string | null> {
    if (this.isOver) return null;
    this.isOver = true;
    if (!this.hasBegun) return null;
    try {
      return (await this.client.plainQuery(how)).command;
    } catch (error) {
      this.isBroken = isConnectionBroken(error);
      throw error;
    }
  }
}

function isSame(one: TenantContext, other: TenantContext): boolean {
  if (one === SYSTEM || other === SYSTEM) return one === other;
  return one.organizationId === other.organizationId && one.userId === other.userId;
}

/** A server's refusal of one statement leaves the connection usable; anything else does not, its farewell included. */
export function isConnectionBroken(failure: unknown): boolean {
  if (failure === undefined) return false;
  return (
    !(failure instanceof pg.DatabaseError) || failure.severity === 'FATAL' || failure.severity === 'PANIC'
  );
}
