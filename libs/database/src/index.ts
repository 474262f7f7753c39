export { DatabaseModule } from './database.module';
export { Database, type DatabaseClient } from './database';
export { TransactionRunner } from './transaction-runner';
export { SharedRateLimiters, type SharedRateLimiter } from './shared-rate-limiter';
export { TenantPool, MissingTenantContextError } from './tenant-pool';
export {
  violatedConstraint,
  isDatabaseUnavailable,
  isFailedAssertion,
  type ConstraintKind,
} from './database-errors';
export { migrate, readMigrations, type Migration, type MigrationReport } from './migrations';
export { findIsolationProblems, findPendingMigrations, GLOBAL_TABLES, IDENTITY_TABLES } from './boot-check';
export { Prisma } from './generated/client';
export type * from './generated/models';
