import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '@weir/database';
import { notFound, type Actor } from '@weir/kernel';
import { AuditService } from '../audit/audit.service';
import { ActiveRuns } from './active-runs';
import type { Run } from './run';
import { RunReader } from './run-reader';
import { RunsRepository } from './runs.repository';

/** A run of another process ends within its poll, the abort and our own poll. */
const END_PATIENCE_MS = 2_500;

@Injectable()
export class RunCancellationService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly runs: RunsRepository,
    private readonly active: ActiveRuns,
    private readonly reader: RunReader,
    private readonly audit: AuditService,
  ) {}

  /** Stops a run, wherever it is executed; one that ended already stays as it is. Answers with the run as it is then. */
  async cancel(actor: Actor, id: string): Promise<Run> {
    if (await this.request(actor, id)) {
      this.active.stop(id, 'cancelled');
      await this.reader.waitForEnd(actor, id, END_PATIENCE_MS);
    }
    const run = await this.runs.findById(actor, id);
    if (run === null) throw notFound('run', id);
    return run;
  }

  /** All runs of a person whose account ends. Joins the caller's transaction; each process notices with its next poll. */
  requestAll(actor: Actor): Promise<void> {
    return this.runs.requestCancelOfAll(actor);
  }

  private request(actor: Actor, id: string): Promise<boolean> {
    return this.transactions.run(async () => {
      if (!(await this.runs.requestCancel(actor, id))) return false;
      await this.audit.record(actor, { action: 'run.cancelled', objectType: 'run', objectId: id });
      return true;
    });
  }
}
