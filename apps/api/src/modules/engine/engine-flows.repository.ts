import { Injectable } from '@nestjs/common';
import { Database, type Prisma } from '@weir/database';
import type { Actor } from '@weir/kernel';

export const COPY_STATES = ['pending', 'ready', 'failed', 'deleting'] as const;
export type CopyState = (typeof COPY_STATES)[number];

/** The engine's copy of a workflow for one engine identity. */
export interface EngineCopy {
  /** The flow's id in the engine. */
  readonly id: string;
  readonly workflowId: string;
  /** What the engine holds when `ready`, and what it should hold otherwise. */
  readonly versionNumber: number;
  readonly state: CopyState;
  readonly error: string | null;
  /** Failed attempts at the present task. */
  readonly attempts: number;
}

/** A copy that is due; the work on it is done as its user. */
export interface DueCopy {
  readonly organizationId: string;
  readonly userId: string;
  readonly id: string;
}

export interface CopyFailure {
  readonly state: CopyState;
  readonly error: string | null;
  readonly retryAt: Date;
}

const COLUMNS = {
  id: true,
  workflowId: true,
  versionNumber: true,
  state: true,
  error: true,
  attempts: true,
} as const;

/**
 * Two rules keep copy and record together: whoever talks to the engine about a copy holds its lease, so that an older push
 * never overtakes a newer one; and the outcome is written only if the task is still the same. Leases are in the database's
 * time, the one clock that all processes share.
 */
@Injectable()
export class EngineFlowsRepository {
  constructor(private readonly database: Database) {}

  async findByWorkflow(actor: Actor, workflowId: string): Promise<EngineCopy | null> {
    const { organizationId, userId } = actor;
    const row = await this.database.client.engineFlow.findFirst({
      where: { organizationId, userId, workflowId },
      select: COLUMNS,
    });
    return row === null ? null : toCopy(row);
  }

  async findById(actor: Actor, id: string): Promise<EngineCopy | null> {
    const { organizationId, userId } = actor;
    const row = await this.database.client.engineFlow.findFirst({
      where: { organizationId, userId, id },
      select: COLUMNS,
    });
    return row === null ? null : toCopy(row);
  }

  async listByWorkflows(actor: Actor, workflowIds: readonly string[]): Promise<EngineCopy[]> {
    const { organizationId, userId } = actor;
    const where = { organizationId, userId, workflowId: { in: [...workflowIds] } };
    return (await this.database.client.engineFlow.findMany({ where, select: COLUMNS })).map(toCopy);
  }

  /** Records that the engine should hold this version; one that is being deleted stays so. */
  async request(actor: Actor, workflowId: string, id: string, versionNumber: number): Promise<void> {
    const { organizationId, userId } = actor;
    await this.database.execute`
      insert into engine_flows as f (organization_id, id, user_id, workflow_id, version_number)
      values (${organizationId}::uuid, ${id}::uuid, ${userId}::uuid, ${workflowId}::uuid, ${versionNumber})
      on conflict (organization_id, workflow_id, user_id) do update
      set version_number = excluded.version_number, state = 'pending', error = null, attempts = 0,
        next_attempt_at = now(), updated_at = now()
      where f.state <> 'deleting'`;
  }

  /** As {@link request}, for a copy that exists already. */
  async requestExisting(actor: Actor, workflowId: string, versionNumber: number): Promise<void> {
    const { organizationId, userId } = actor;
    await this.database.execute`
      update engine_flows
      set version_number = ${versionNumber}, state = 'pending', error = null, attempts = 0, next_attempt_at = now(), updated_at = now()
      where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid and workflow_id = ${workflowId}::uuid
        and state <> 'deleting'`;
  }

  async requestDeletion(actor: Actor, workflowId: string): Promise<void> {
    const { organizationId, userId } = actor;
    await this.database.execute`
      update engine_flows set state = 'deleting', error = null, attempts = 0, next_attempt_at = now(), updated_at = now()
      where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid and workflow_id = ${workflowId}::uuid`;
  }

  /** Takes the lease; false when somebody else has it, or there is nothing left to push. */
  async lease(actor: Actor, id: string, seconds: number): Promise<boolean> {
    const { organizationId, userId } = actor;
    const count = await this.database.execute`
      update engine_flows set lease_until = now() + make_interval(secs => ${seconds}::int)
      where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid and id = ${id}::uuid
        and state in ('pending', 'failed') and (lease_until is null or lease_until < now())`;
    return count === 1;
  }

  /** Copies whose time has come, leased to the caller. For background work: needs no actor, see design, section 3.4. */
  async claimDue(howMany: number, leaseSeconds: number): Promise<DueCopy[]> {
    // Awaited here: Prisma sends a query when it is awaited, and that must be inside the caller's context.
    return await this.database.query<DueCopy>`
      select organization_id as "organizationId", user_id as "userId", id
      from claim_engine_flows(${howMany}::int, ${leaseSeconds}::int)`;
  }

  /** Ends the lease after a push. @returns false when another task was recorded in the meantime; then nothing is written */
  async recordPush(actor: Actor, copy: EngineCopy): Promise<boolean> {
    const { count } = await this.database.client.engineFlow.updateMany({
      where: this.sameTask(actor, copy),
      data: { state: 'ready', error: null, attempts: 0, leaseUntil: null },
    });
    return count === 1;
  }

  /** Ends the lease after a failure. @returns false when another task was recorded in the meantime; then nothing is written */
  async recordFailure(actor: Actor, copy: EngineCopy, failure: CopyFailure): Promise<boolean> {
    const { state, error, retryAt } = failure;
    const { count } = await this.database.client.engineFlow.updateMany({
      where: this.sameTask(actor, copy),
      data: { state, error, attempts: copy.attempts + 1, nextAttemptAt: retryAt, leaseUntil: null },
    });
    return count === 1;
  }

  async endLease(actor: Actor, id: string): Promise<void> {
    const { organizationId, userId } = actor;
    await this.database.client.engineFlow.updateMany({
      where: { organizationId, userId, id },
      data: { leaseUntil: null },
    });
  }

  /** The engine no longer has it: asked to by a run that met nothing there. */
  async markMissing(actor: Actor, id: string): Promise<void> {
    const { organizationId, userId } = actor;
    await this.database.execute`
      update engine_flows set state = 'pending', next_attempt_at = now(), updated_at = now()
      where organization_id = ${organizationId}::uuid and user_id = ${userId}::uuid and id = ${id}::uuid and state = 'ready'`;
  }

  /** Another id in the engine: the one it had belongs to somebody else there. */
  async changeId(actor: Actor, id: string, newId: string): Promise<void> {
    const { organizationId, userId } = actor;
    await this.database.client.engineFlow.updateMany({
      where: { organizationId, userId, id },
      data: { id: newId },
    });
  }

  async delete(actor: Actor, id: string): Promise<void> {
    const { organizationId, userId } = actor;
    await this.database.client.engineFlow.deleteMany({ where: { organizationId, userId, id } });
  }

  private sameTask(
    { organizationId, userId }: Actor,
    { id, versionNumber, state }: EngineCopy,
  ): Prisma.EngineFlowWhereInput {
    return {
      organizationId,
      userId,
      id,
      versionNumber,
      state: state === 'deleting' ? 'deleting' : { not: 'deleting' },
    };
  }
}

function toCopy(row: Omit<EngineCopy, 'state'> & { readonly state: string }): EngineCopy {
  const state = COPY_STATES.find((known) => known === row.state);
  if (state === undefined) throw new Error(`Engine copy '${row.id}' has the unknown state '${row.state}'.`);
  return { ...row, state };
}
