import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { AppConfig } from '@weir/config';
import { Database } from './database';
import { SharedRateLimiters } from './shared-rate-limiter';
import { TransactionRunner } from './transaction-runner';

@Global()
@Module({})
export class DatabaseModule {
  static register(config: AppConfig['database']): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        { provide: Database, useFactory: () => new Database(config) },
        SharedRateLimiters,
        TransactionRunner,
      ],
      exports: [Database, SharedRateLimiters, TransactionRunner],
    };
  }
}
