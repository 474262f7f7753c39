import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import type { AppConfig } from '@weir/config';
import type pg from 'pg';
import { Prisma, PrismaClient } from './generated/client';
import { TenantPool } from './tenant-pool';

/** The models. Transactions are {@link Database.run}, SQL is {@link Database.query}. */
export type DatabaseClient = Omit<PrismaClient, `$${string}`>;

const STATEMENT_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** Prisma's models and plain SQL over one {@link TenantPool}. Repositories are its only users. */
@Injectable()
export class Database implements OnApplicationShutdown {
  private readonly pool: TenantPool;
  private readonly prisma: PrismaClient;

  constructor(config: AppConfig['database']) {
    this.pool = new TenantPool({
      connectionString: config.url,
      max: config.poolSize,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
      application_name: 'weir',
    });
    // An idle connection that dies is replaced at the next checkout; without a listener Node would end the process.
    this.pool.on('error', () => undefined);
    this.prisma = new PrismaClient({
      adapter: new PrismaPg(this.pool, {
        // A prepared statement per distinct text and connection: planning is a third of a short query's time.
        statementNameGenerator: ({ sql }) => statementName(sql),
      }),
    });
  }

  get client(): DatabaseClient {
    return this.prisma;
  }

  /**
   * The rows of a statement, written as SQL. It goes to the driver as it is, values apart from the text; Prisma's client in
   * between would double what a short statement costs (docs/performance.md). Columns are named as the type wants them.
   */
  async query<Row>(text: TemplateStringsArray, ...values: unknown[]): Promise<Row[]> {
    const { rows } = await this.send(text, values);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a statement selects is known to its author alone
    return rows as Row[];
  }

  /** @returns how many rows the statement changed */
  async execute(text: TemplateStringsArray, ...values: unknown[]): Promise<number> {
    return (await this.send(text, values)).rowCount ?? 0;
  }

  /**
   * Runs `work` in one transaction; every repository call inside joins it. A call inside another joins the outer one.
   * Never wait for the network in here: the connection and its locks wait along.
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.pool.transaction(work);
  }

  /** As {@link run}, with the COMMIT right behind the statements; see {@link TransactionRunner.runAtOnce}. */
  runAtOnce<T>(work: () => Promise<T>): Promise<T> {
    return this.pool.transactionAtOnce(work);
  }

  /** For the counters of {@link SharedRateLimiters}, which speak plain SQL. */
  rateLimitStore(): TenantPool {
    return this.pool;
  }

  /** Connections in use, free and waited for. */
  poolState(): { total: number; idle: number; waiting: number } {
    return { total: this.pool.totalCount, idle: this.pool.idleCount, waiting: this.pool.waitingCount };
  }

  private send(text: TemplateStringsArray, parts: readonly unknown[]): Promise<pg.QueryResult> {
    return this.pool.query(toStatement(text, parts));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.prisma.$disconnect();
    await this.pool.end();
  }
}

/** Texts of templates that hold nothing but values, by the template: building and hashing a long text is work. */
const constantTexts = new WeakMap<TemplateStringsArray, { readonly name: string; readonly text: string }>();

function toStatement(template: TemplateStringsArray, parts: readonly unknown[]): pg.QueryConfig {
  const constant = constantTexts.get(template);
  if (constant !== undefined) return { ...constant, values: [...parts] };
  const { text, values } = Prisma.sql(template, ...parts);
  const statement = { name: statementName(text), text };
  if (!parts.some((part) => part instanceof Prisma.Sql)) constantTexts.set(template, statement);
  return { ...statement, values };
}

const preparedNames = new Map<string, string>();
const MAX_PREPARED = 500;

/** Bounded, because `in (…)` lists of every length would otherwise fill the server's memory with plans. '' means: not prepared. */
function statementName(sql: string): string {
  const known = preparedNames.get(sql);
  if (known !== undefined) return known;
  if (preparedNames.size >= MAX_PREPARED) return '';
  const name = `weir_${preparedNames.size}`;
  preparedNames.set(sql, name);
  return name;
}
