import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor } from '@weir/kernel';

export interface KeyClaim {
  readonly id: string;
  readonly key: string;
  readonly requestHash: string;
  readonly now: Date;
  /** Until then nobody else may try, unless the first request answers. */
  readonly lockedUntil: Date;
  readonly expiresAt: Date;
}

/** An answer as it is kept: the body and the headers that belong to it. */
export interface StoredAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface KeyRow {
  readonly requestHash: string;
  /** Null until the first request was answered; stays null for runs, whose row is the answer. */
  readonly answer: StoredAnswer | null;
  readonly runId: string | null;
}

/** Keys are strictly the person's own: the same key of somebody else is another key (R35). */
@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes a key that is free: never used, expired, or left behind by a request that died. One of many parallel requests
   * gets it.
   * @returns false when it is taken
   */
  async claim(
    actor: Actor,
    { id, key, requestHash, now, lockedUntil, expiresAt }: KeyClaim,
  ): Promise<boolean> {
    const rows = await this.database.query<{ id: string }>`
      insert into idempotency_keys as k (organization_id, user_id, id, key, request_hash, locked_until, expires_at, created_at)
      values (${actor.organizationId}::uuid, ${actor.userId}::uuid, ${id}::uuid, ${key}, ${requestHash},
        ${lockedUntil}::timestamptz, ${expiresAt}::timestamptz, ${now}::timestamptz)
      on conflict (organization_id, user_id, key) do update
        set id = excluded.id, request_hash = excluded.request_hash, status = null, body = null, run_id = null,
          locked_until = excluded.locked_until, expires_at = excluded.expires_at, created_at = excluded.created_at
        where k.expires_at <= ${now}::timestamptz
          or (k.status is null and k.run_id is null and k.locked_until <= ${now}::timestamptz)
      returning k.id`;
    return rows.length === 1;
  }

  async findByKey(actor: Actor, key: string): Promise<KeyRow | null> {
    const [row] = await this.database.query<KeyRow>`
      select k.request_hash as "requestHash", k.body as "answer", k.run_id as "runId" from idempotency_keys k
      where k.organization_id = ${actor.organizationId}::uuid and k.user_id = ${actor.userId}::uuid and k.key = ${key}`;
    return row ?? null;
  }

  /** Fails, and its transaction with it, when the claim is not the request's any more. */
  async linkRun(actor: Actor, id: string, runId: string): Promise<void> {
    await this.database.execute`
      with linked as (
        update idempotency_keys set run_id = ${runId}::uuid
        where organization_id = ${actor.organizationId}::uuid and user_id = ${actor.userId}::uuid and id = ${id}::uuid
          and run_id is null
        returning id)
      select assert_that(exists (select from linked), 'the key is claimed')`;
  }

  async saveAnswer(actor: Actor, id: string, status: number, answer: StoredAnswer): Promise<void> {
    const { organizationId, userId } = actor;
    await this.database.execute`
      update idempotency_keys set status = ${status}::int, body = ${JSON.stringify(answer)}::json
      where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid and id = ${id}::uuid`;
  }

  /** A request that changed nothing leaves nothing behind: the same key may try again. A run's link stays. */
  async release(actor: Actor, id: string): Promise<void> {
    const { organizationId, userId } = actor;
    await this.database.client.idempotencyKey.deleteMany({
      where: { organizationId, userId, id, runId: null, status: null },
    });
  }
}
