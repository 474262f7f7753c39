import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '@weir/database';
import type { Actor, JsonValue, Keyset } from '@weir/kernel';
import type { ExecutionMode } from '../engine/engine-run';
import type { RunEvent } from './run-event';
import type { StoredProblem } from './run-problem';
import type { RunState } from './run-state';
import { durationOf, type EndedRun, type Run, type RunOutput, type RunSummary } from './run';

export interface NewRun extends Run {
  readonly requestId: string;
  readonly leaseUntil: Date;
}

/** What is written together with the end of a run. */
export interface RunEnding {
  readonly ledgerEntryId: string;
  readonly events: readonly RunEvent[];
}

export interface RunFilter {
  readonly workflowId: string | undefined;
  readonly conversationId: string | undefined;
  readonly state: RunState | undefined;
  readonly after: Keyset | null;
  /** Rows to read at most. */
  readonly take: number;
}

const SUMMARY = {
  id: true,
  workflowId: true,
  versionNumber: true,
  conversationId: true,
  mode: true,
  state: true,
  executionMode: true,
  error: true,
  inputTokens: true,
  outputTokens: true,
  totalTokens: true,
  engineMs: true,
  createdAt: true,
  startedAt: true,
  finishedAt: true,
} as const;
const WHOLE = { ...SUMMARY, attempt: true, input: true, output: true, deadlineAt: true } as const;

type SummaryRow = Prisma.RunGetPayload<{ select: typeof SUMMARY }>;
type WholeRow = Prisma.RunGetPayload<{ select: typeof WHOLE }>;

/** Runs are strictly the person's own. */
@Injectable()
export class RunsRepository {
  constructor(private readonly database: Database) {}

  async insert(actor: Actor, run: NewRun): Promise<void> {
    await this.database.client.$executeRaw`
      insert into runs (organization_id, user_id, id, workflow_id, version_number, conversation_id, mode, state, attempt,
        execution_mode, input, request_id, deadline_at, lease_until, created_at, started_at)
      values (${actor.organizationId}::uuid, ${actor.userId}::uuid, ${run.id}::uuid, ${run.workflowId}::uuid,
        ${run.versionNumber}::int, ${run.conversationId}::uuid, ${run.mode}, ${run.state}, ${run.attempt}::int,
        ${run.executionMode}, ${run.input}, ${run.requestId}, ${run.deadlineAt}::timestamptz,
        ${run.leaseUntil}::timestamptz, ${run.createdAt}::timestamptz, ${run.startedAt}::timestamptz)`;
  }

  async findById(actor: Actor, id: string): Promise<Run | null> {
    const row = await this.database.client.run.findFirst({ where: { ...own(actor), id }, select: WHOLE });
    return row === null ? null : toRun(row);
  }

  async findState(actor: Actor, id: string): Promise<RunState | null> {
    const row = await this.database.client.run.findFirst({ where: { ...own(actor), id }, select: { state: true } });
    return row === null ? null : (row.state as RunState);
  }

  async listPage(actor: Actor, { workflowId, conversationId, state, after, take }: RunFilter): Promise<RunSummary[]> {
    const rows = await this.database.client.run.findMany({
      where: {
        ...own(actor),
        ...(workflowId === undefined ? {} : { workflowId }),
        ...(conversationId === undefined ? {} : { conversationId }),
        ...(state === undefined ? {} : { state }),
        ...(after === null ? {} : olderThan(after)),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take,
      select: SUMMARY,
    });
    return rows.map(toSummary);
  }

  /**
   * The one way out of `running`: state, usage and last events in a single statement, so that none exists without the
   * others and a run that already ended (or that another attempt took over) is left as it is.
   * @returns false when the run was not running at this attempt any more
   */
  async end(actor: Actor, run: EndedRun, { ledgerEntryId, events }: RunEnding): Promise<boolean> {
    const { usage } = run;
    const rows = await this.database.client.$queryRaw<{ id: string }[]>`
      with ended as (
        update runs r set state = ${run.state}, output = ${jsonOf(run.output)}::json, error = ${jsonOf(run.problem)}::jsonb,
          input_tokens = ${usage?.inputTokens ?? null}::int, output_tokens = ${usage?.outputTokens ?? null}::int,
          total_tokens = ${usage?.totalTokens ?? null}::int, engine_ms = ${run.engineMs}::int,
          execution_mode = ${run.executionMode}, finished_at = ${run.finishedAt}::timestamptz, lease_until = null
        where r.organization_id = ${actor.organizationId}::uuid and r.user_id = ${actor.userId}::uuid
          and r.id = ${run.id}::uuid and r.state = 'running' and r.attempt = ${run.attempt}::int
        returning r.*
      ), ledger as (
        insert into ledger_entries (organization_id, user_id, id, run_id, workflow_id, state, input_tokens, output_tokens,
          total_tokens, duration_ms, execution_mode, created_at)
        select e.organization_id, e.user_id, ${ledgerEntryId}::uuid, e.id, e.workflow_id, e.state, coalesce(e.input_tokens, 0),
          coalesce(e.output_tokens, 0), coalesce(e.total_tokens, 0), ${durationOf(run)}::int, e.execution_mode, e.finished_at
        from ended e
      ), told as (
        insert into run_events (organization_id, user_id, run_id, sequence, type, data, created_at)
        select e.organization_id, e.user_id, e.id, t.sequence, t.type, t.data, e.finished_at
        from ended e cross join json_to_recordset(${JSON.stringify(events)}::json) as t(sequence int, type text, data json)
        on conflict do nothing
      )
      select e.id from ended e`;
    return rows.length === 1;
  }

  /** @returns false when the run is not running (any more) */
  async requestCancel(actor: Actor, id: string): Promise<boolean> {
    const { count } = await this.database.client.run.updateMany({
      where: { ...own(actor), id, state: 'running' },
      data: { cancelRequested: true },
    });
    return count === 1;
  }

  async existsRunning(actor: Actor, conversationId: string): Promise<boolean> {
    const where = { ...own(actor), conversationId, state: 'running' };
    return (await this.database.client.run.findFirst({ where, select: { id: true } })) !== null;
  }

  async listRunningIds(actor: Actor, limit: number): Promise<string[]> {
    const where = { ...own(actor), state: 'running' };
    const rows = await this.database.client.run.findMany({ where, take: limit, select: { id: true } });
    return rows.map(({ id }) => id);
  }
}

function own({ organizationId, userId }: Actor): { organizationId: string; userId: string } {
  return { organizationId, userId };
}

/** The first condition alone lets the index find the place; the second breaks ties. */
function olderThan({ sort, id }: Keyset): Prisma.RunWhereInput {
  const createdAt = new Date(sort);
  return { createdAt: { lte: createdAt }, OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }] };
}

function jsonOf(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

function toSummary(row: SummaryRow): RunSummary {
  const { error, inputTokens, outputTokens, totalTokens, state, executionMode, ...same } = row;
  return {
    ...same,
    state: state as RunState,
    executionMode: executionMode as ExecutionMode,
    problem: fromJson<StoredProblem>(error),
    usage: totalTokens === null ? null : { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0, totalTokens },
  };
}

function toRun(row: WholeRow): Run {
  const { attempt, input, output, deadlineAt } = row;
  return { ...toSummary(row), attempt, input, output: fromJson<RunOutput>(output), deadlineAt };
}

/** These columns hold what {@link RunsRepository.end} wrote, nothing else. */
function fromJson<T>(value: Prisma.JsonValue | JsonValue): T | null {
  return value === null ? null : (value as unknown as T);
}
