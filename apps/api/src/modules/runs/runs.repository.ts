import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '@weir/database';
import type { Actor, TimePlace } from '@weir/kernel';
import type { RunEvent } from './run-event';
import type { RunState } from './run-state';
import { durationOf, type EndedRun, type Run, type RunSummary } from './run';

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
  readonly after: TimePlace | null;
  /** Rows to read at most. */
  readonly take: number;
}

/** A row as the queries below read it. The JSON columns hold what {@link RunsRepository.end} wrote, nothing else. */
interface SummaryRow extends Omit<RunSummary, 'usage'> {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly totalTokens: number | null;
}

type WholeRow = SummaryRow & Omit<Run, keyof RunSummary>;

const SUMMARY = Prisma.sql`r.id, r.workflow_id as "workflowId", r.version_number as "versionNumber",
  r.conversation_id as "conversationId", r.mode, r.state, r.execution_mode as "executionMode", r.error as "problem",
  r.api_key_id as "apiKeyId",
  r.input_tokens as "inputTokens", r.output_tokens as "outputTokens", r.total_tokens as "totalTokens",
  r.engine_ms as "engineMs", r.created_at as "createdAt", r.started_at as "startedAt", r.finished_at as "finishedAt"`;
const WHOLE = Prisma.sql`${SUMMARY}, r.attempt, r.input, r.output, r.deadline_at as "deadlineAt"`;

/** Runs are strictly the person's own. */
@Injectable()
export class RunsRepository {
  constructor(private readonly database: Database) {}

  async insert(actor: Actor, run: NewRun): Promise<void> {
    await this.database.execute`
      insert into runs (organization_id, user_id, id, workflow_id, version_number, conversation_id, mode, state, attempt,
        execution_mode, input, request_id, deadline_at, lease_until, created_at, started_at, api_key_id)
      values (${actor.organizationId}::uuid, ${actor.userId}::uuid, ${run.id}::uuid, ${run.workflowId}::uuid,
        ${run.versionNumber}::int, ${run.conversationId}::uuid, ${run.mode}, ${run.state}, ${run.attempt}::int,
        ${run.executionMode}, ${run.input}, ${run.requestId}, ${run.deadlineAt}::timestamptz,
        ${run.leaseUntil}::timestamptz, ${run.createdAt}::timestamptz, ${run.startedAt}::timestamptz,
        ${run.apiKeyId}::uuid)`;
  }

  async findById(actor: Actor, id: string): Promise<Run | null> {
    const [row] = await this.database.query<WholeRow>`
      select ${WHOLE} from runs r where ${own(actor)} and r.id = ${id}::uuid`;
    return row === undefined ? null : withUsage(row);
  }

  async findState(actor: Actor, id: string): Promise<RunState | null> {
    const [row] = await this.database.query<{ state: RunState }>`
      select r.state from runs r where ${own(actor)} and r.id = ${id}::uuid`;
    return row?.state ?? null;
  }

  async listPage(actor: Actor, filter: RunFilter): Promise<RunSummary[]> {
    const { workflowId, conversationId, state, after, take } = filter;
    const conditions = [own(actor)];
    if (workflowId !== undefined) conditions.push(Prisma.sql`r.workflow_id = ${workflowId}::uuid`);
    if (conversationId !== undefined)
      conditions.push(Prisma.sql`r.conversation_id = ${conversationId}::uuid`);
    if (state !== undefined) conditions.push(Prisma.sql`r.state = ${state}`);
    if (after !== null) {
      conditions.push(Prisma.sql`(r.created_at, r.id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
    }
    const rows = await this.database.query<SummaryRow>`
      select ${SUMMARY} from runs r where ${Prisma.join(conditions, ' and ')}
      order by r.created_at desc, r.id desc limit ${take}`;
    return rows.map(withUsage);
  }

  /**
   * The one way out of `running`: state, usage and last events in a single statement, so that none exists without the
   * others and a run that already ended (or that another attempt took over) is left as it is.
   * @returns false when the run was not running at this attempt any more
   */
  async end(actor: Actor, run: EndedRun, { ledgerEntryId, events }: RunEnding): Promise<boolean> {
    const { usage } = run;
    const rows = await this.database.query<{ id: string }>`
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
    const { organizationId, userId, workflowIds } = actor;
    const limit = workflowIds === undefined ? {} : { workflowId: { in: [...workflowIds] } };
    const { count } = await this.database.client.run.updateMany({
      where: { organizationId, userId, id, state: 'running', ...limit },
      data: { cancelRequested: true },
    });
    return count === 1;
  }

  async requestCancelOfAll(actor: Actor): Promise<void> {
    const { organizationId, userId } = actor;
    await this.database.client.run.updateMany({
      where: { organizationId, userId, state: 'running' },
      data: { cancelRequested: true },
    });
  }

  async existsRunning(actor: Actor, conversationId: string): Promise<boolean> {
    const { organizationId, userId } = actor;
    const where = { organizationId, userId, conversationId, state: 'running' };
    return (await this.database.client.run.findFirst({ where, select: { id: true } })) !== null;
  }
}

/** A key can be limited to some workflows; for it there are no runs of others. */
function own({ organizationId, userId, workflowIds }: Actor): Prisma.Sql {
  const mine = Prisma.sql`r.organization_id = ${organizationId}::uuid and r.user_id = ${userId}::uuid`;
  return workflowIds === undefined
    ? mine
    : Prisma.sql`${mine} and r.workflow_id = any(${[...workflowIds]}::uuid[])`;
}

function jsonOf(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

function withUsage<Row extends SummaryRow>(row: Row): Row & Pick<RunSummary, 'usage'> {
  const { inputTokens, outputTokens, totalTokens } = row;
  const usage =
    totalTokens === null
      ? null
      : { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0, totalTokens };
  return { ...row, usage };
}
