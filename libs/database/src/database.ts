import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import type { AppConfig } from '@weir/config';
import { PrismaClient, type Prisma } from './generated/client';
import { TenantPool } from './tenant-pool';

/** What repositories query with: the client, or the transaction that they are called in. */
export type DatabaseClient = Prisma.TransactionClient;

const STATEMENT_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;
const TRANSACTION_TIMEOUT_MS = 15_000;

/** Prisma over {@link TenantPool}. Repositories are its only users; they read `client` anew in every method. */
@Injectable()
export class Database implements OnApplicationShutdown {
  private readonly pool: TenantPool;
  private readonly prisma: PrismaClient;
  private readonly transaction = new AsyncLocalStorage<DatabaseClient>();

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
    return this.transaction.getStore() ?? this.prisma;
  }

  /**
   * Runs `work` in one transaction; every repository call inside joins it. A call inside another joins the outer one.
   * Never wait for the network in here: the connection and its locks wait along.
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.transaction.getStore() !== undefined) return work();
    return this.prisma.$transaction((tx) => this.transaction.run(tx, work), {
      timeout: TRANSACTION_TIMEOUT_MS,
      maxWait: CONNECT_TIMEOUT_MS,
    });
  }

  /** For the counters of {@link SharedRateLimiters}, which speak plain SQL. */
  rateLimitStore(): TenantPool {
    return this.pool;
  }

  /** Connections in use, free and waited for. */
  poolState(): { total: number; idle: number; waiting: number } {
    return { total: this.pool.totalCount, idle: this.pool.idleCount, waiting: this.pool.waitingCount };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.prisma.$disconnect();
    await this.pool.end();
  }
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
