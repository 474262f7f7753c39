import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { currentContext, runInContext } from '@weir/kernel';

/**
 * Leaves the transaction of the caller, and keeps who asks. For the few rows that must stay when that transaction rolls
 * back. Costs a second connection while the first one waits, so it is for what happens once, not for every request.
 */
@Injectable()
export class OutsideTransaction {
  /** As things were when the process started: no transaction, no request. */
  private readonly runAtTheRoot = AsyncLocalStorage.snapshot();

  run<T>(work: () => Promise<T>): Promise<T> {
    const context = currentContext();
    // Awaited inside, because Prisma sends a query only when somebody awaits it.
    const awaited = async (): Promise<T> => await work();
    return this.runAtTheRoot(() => (context === undefined ? awaited() : runInContext(context, awaited)));
  }
}
