import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor } from '@weir/kernel';
import type { RunEvent } from './run-event';
import type { Run } from './run';

@Injectable()
export class RunEventsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Adds to the log of a run that is running at this attempt. A batch that is there already, because an answer of the
   * database was lost, stays as it is.
   * @returns false when the run is not running at this attempt (any more): nothing was written
   */
  async append(
    actor: Actor,
    run: Pick<Run, 'id' | 'attempt'>,
    events: readonly RunEvent[],
  ): Promise<boolean> {
    const rows = await this.database.query<{ id: string }>`
      with mine as (
        select r.organization_id, r.user_id, r.id from runs r
        where r.organization_id = ${actor.organizationId}::uuid and r.user_id = ${actor.userId}::uuid
          and r.id = ${run.id}::uuid and r.state = 'running' and r.attempt = ${run.attempt}::int
      ), told as (
        insert into run_events (organization_id, user_id, run_id, sequence, type, data)
        select m.organization_id, m.user_id, m.id, t.sequence, t.type, t.data
        from mine m cross join json_to_recordset(${JSON.stringify(events)}::json) as t(sequence int, type text, data json)
        on conflict do nothing
      )
      select m.id from mine m`;
    return rows.length === 1;
  }

  listAfter(actor: Actor, runId: string, sequence: number, limit: number): Promise<RunEvent[]> {
    return this.database.query<RunEvent>`
      select e.sequence, e.type, e.data from run_events e
      where e.organization_id = ${actor.organizationId}::uuid and e.user_id = ${actor.userId}::uuid
        and e.run_id = ${runId}::uuid and e.sequence > ${sequence}::int
      order by e.sequence limit ${limit}`;
  }
}
