import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import type { Actor } from '@weir/kernel';

/** A run that some process executes, as the functions without a person know it. */
export interface HeldRun {
  readonly actor: Actor;
  readonly id: string;
  readonly attempt: number;
}

/** The work of a process for all its runs at once, whoever they belong to: functions made for it (design, section 3.4). */
@Injectable()
export class RunLeasesRepository {
  constructor(private readonly database: Database) {}

  /** @returns the ids that are still this process's own */
  async extend(runs: readonly HeldRun[], until: Date): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>`
      select id from extend_run_leases(${organizationsOf(runs)}::uuid[], ${idsOf(runs)}::uuid[],
        ${runs.map(({ attempt }) => attempt)}::int[], ${until}::timestamptz)`;
    return new Set(rows.map(({ id }) => id));
  }

  async findCancelRequests(runs: readonly HeldRun[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>`
      select id from find_cancel_requests(${organizationsOf(runs)}::uuid[], ${idsOf(runs)}::uuid[])`;
    return rows.map(({ id }) => id);
  }

  /** Runs whose lease ended before `at`, the longest dead first. */
  findLost(at: Date, limit: number): Promise<{ organizationId: string; userId: string; id: string }[]> {
    return this.database.query`
      select organization_id as "organizationId", user_id as "userId", id from find_lost_runs(${at}::timestamptz, ${limit}::int)`;
  }
}

function organizationsOf(runs: readonly HeldRun[]): string[] {
  return runs.map(({ actor }) => actor.organizationId);
}

function idsOf(runs: readonly HeldRun[]): string[] {
  return runs.map(({ id }) => id);
}
