import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { isFailedAssertion } from '@weir/database';
import { Clock, newId, type Actor } from '@weir/kernel';
import { keyReused, stillInProgress } from './idempotency.errors';
import { IdempotencyRepository, type KeyRow, type StoredAnswer } from './idempotency.repository';

/** What a request with a key has to do. */
export type Claim =
  | { readonly kind: 'first'; readonly id: string; linkedRun: string | null }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer }
  | { readonly kind: 'run'; readonly linkedRun: string };

const KEPT_MS = 24 * 60 * 60 * 1000;
/** How long a request may take until it has made its run or answered; one that died frees its key then. */
const LOCK_MS = 60_000;

/**
 * Requests that may be sent twice and happen once. A run is linked to its key in the transaction that makes it, so that
 * not even a crash runs it again; every other answer is kept after it was made.
 */
@Injectable()
export class IdempotencyService {
  private readonly current = new AsyncLocalStorage<Claim>();

  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * @param requestHash of everything that makes a request the same
   * @throws AppError 422 `idempotency_key_reused`, 409 `idempotency_in_progress`
   */
  async claim(actor: Actor, key: string, requestHash: string): Promise<Claim> {
    const now = this.clock.now();
    const id = newId();
    const lockedUntil = new Date(now.getTime() + LOCK_MS);
    const expiresAt = new Date(now.getTime() + KEPT_MS);
    if (await this.keys.claim(actor, { id, key, requestHash, now, lockedUntil, expiresAt })) {
      return { kind: 'first', id, linkedRun: null };
    }
    const row = await this.keys.findByKey(actor, key);
    // Released between the two statements: whoever asks again gets it.
    if (row === null) throw stillInProgress();
    if (row.requestHash !== requestHash) throw keyReused();
    return earlierClaim(row);
  }

  /** Runs `work` so that {@link linkRun} and {@link findLinkedRun} know the claim. */
  within<T>(claim: Claim, work: () => T): T {
    return this.current.run(claim, work);
  }

  /** The run that the first request with this key made; null for the first request itself, and without a key. */
  findLinkedRun(): string | null {
    const claim = this.current.getStore();
    return claim?.kind === 'run' ? claim.linkedRun : null;
  }

  /** Call inside the transaction that makes the run. Without a key there is nothing to do. */
  async linkRun(actor: Actor, runId: string): Promise<void> {
    const claim = this.current.getStore();
    if (claim?.kind !== 'first') return;
    try {
      await this.keys.linkRun(actor, claim.id, runId);
    } catch (error) {
      // It took so long that another request was let in: that one makes the run.
      throw isFailedAssertion(error) ? stillInProgress() : error;
    }
    claim.linkedRun = runId;
  }

  saveAnswer(actor: Actor, id: string, status: number, answer: StoredAnswer): Promise<void> {
    return this.keys.saveAnswer(actor, id, status, answer);
  }

  release(actor: Actor, id: string): Promise<void> {
    return this.keys.release(actor, id);
  }
}

function earlierClaim({ answer, runId }: KeyRow): Claim {
  if (runId !== null) return { kind: 'run', linkedRun: runId };
  if (answer === null) throw stillInProgress();
  return { kind: 'answered', answer };
}
