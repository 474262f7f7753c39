import { Injectable } from '@nestjs/common';
import { Database } from './database';

/** What services get: transactions without a way to query. */
@Injectable()
export class TransactionRunner {
  constructor(private readonly database: Database) {}

  /** Several rows change together or not at all. Nested calls join the outer transaction. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.database.run(work);
  }
}
