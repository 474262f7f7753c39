import pg from 'pg';

/** A statement that every connection has prepared under this name, with the values to run it with. */
export interface Prepared {
  readonly name: string;
  readonly values: readonly string[];
}

/** What `pg.Query` does on the wire. The types of pg name `submit` only. */
interface WireQuery {
  requiresPreparation(): boolean;
  prepare(connection: pg.Connection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: pg.Connection): void;
}

type Callback = (error: Error | undefined, result: pg.QueryResult) => void;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
const WireQuery = pg.Query as unknown as new (
  query: string | pg.QueryConfig,
  values: unknown[] | undefined,
  callback: Callback,
) => pg.Query & WireQuery;

/**
 * A statement with others in front of it, sent as one message group that ends in a single Sync. Postgres runs such a group
 * in one transaction of its own and answers once, so that what is set in front of a statement holds for it and for nothing
 * after it, at the price of one round trip and one wake-up.
 * Source: PostgreSQL documentation, "Extended Query", on Sync and implicit transaction blocks.
 */
export class TenantQuery extends WireQuery {
  private prologueAnswers: number;

  constructor(
    query: string | pg.QueryConfig,
    values: unknown[] | undefined,
    private readonly prologue: readonly Prepared[],
    callback: Callback,
  ) {
    super(query, values, callback);
    this.prologueAnswers = prologue.length;
  }

  // The simple protocol takes one text and no company.
  override requiresPreparation(): boolean {
    return true;
  }

  override prepare(connection: pg.Connection): void {
    for (const { name, values } of this.prologue) {
      connection.bind({ statement: name, values: [...values] }, true);
      connection.execute({ portal: '' }, true);
    }
    super.prepare(connection);
  }

  override handleDataRow(message: unknown): void {
    if (this.prologueAnswers === 0) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: pg.Connection): void {
    if (this.prologueAnswers === 0) super.handleCommandComplete(message, connection);
    else this.prologueAnswers -= 1;
  }
}
