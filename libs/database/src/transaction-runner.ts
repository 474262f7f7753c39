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

  /**
   * As {@link run}, for statements that need no answer of one another: they leave together with their COMMIT, in one round
   * trip. `work` must send them all before it waits for anything, and nothing can be taken back because of an answer.
   */
  runAtOnce<T>(work: () => Promise<T>): Promise<T> {
    return this.database.runAtOnce(work);
  }
}
