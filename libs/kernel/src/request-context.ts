import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from './actor';

/**
 * `SYSTEM` is the context of work without a person (sign-in by e-mail, claiming due work): no row-level-security setting is
 * sent, so tables show nothing and only SECURITY DEFINER functions answer.
 */
export const SYSTEM = 'system';

/** What travels along with one request or one job, below every function call. */
export interface RequestContext {
  readonly requestId: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Set once, by the guard. While unset, the database refuses every query. */
  actor: Actor | typeof SYSTEM | null;
  /** Milliseconds spent waiting for the engine; feeds `Server-Timing`. */
  engineMs: number;
  /** The `Idempotency-Key` of the request, when it has one. */
  idempotencyKey: string | null;
}

const storage = new AsyncLocalStorage<RequestContext>();

export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Runs `work` inside `context`; everything awaited within sees it. */
export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

export function newContext(input: Partial<RequestContext> & { readonly requestId: string }): RequestContext {
  return { ip: null, userAgent: null, actor: null, engineMs: 0, idempotencyKey: null, ...input };
}

/**
 * Runs `work` as `actor`, keeping the request id of the surrounding context when there is one.
 * It is awaited inside: a query that is only sent when somebody waits for it (Prisma's are) must be sent in here.
 */
export function runAs<T>(actor: Actor | typeof SYSTEM, work: () => Promise<T>): Promise<T> {
  const outer = storage.getStore();
  const context = newContext({ ...outer, requestId: outer?.requestId ?? 'background', actor });
  return storage.run(context, async () => await work());
}

/** Runs `work` without a person: see {@link SYSTEM}. */
export function runAsSystem<T>(work: () => Promise<T>): Promise<T> {
  return runAs(SYSTEM, work);
}
