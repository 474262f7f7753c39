import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock, runAs, runAsSystem, type Actor } from '@weir/kernel';
import { Logger } from '@weir/logging';
import { BackgroundLoops } from '../../background/background-loops';
import { LOST_RUNS_MS } from './lease';
import { LostRunRecorder } from './lost-run-recorder';
import { RunLeasesRepository } from './run-leases.repository';

const BATCH = 50;

/** Looks for runs whose process went silent, whoever's they are (F66). */
@Injectable()
export class LostRuns implements OnModuleInit {
  constructor(
    private readonly loops: BackgroundLoops,
    private readonly leases: RunLeasesRepository,
    private readonly recorder: LostRunRecorder,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.loops.add({ name: 'lost-runs', everyMs: LOST_RUNS_MS, work: () => this.takeTurn() });
  }

  private async takeTurn(): Promise<boolean> {
    const lost = await runAsSystem(() => this.leases.findLost(this.clock.now(), BATCH));
    for (const { organizationId, userId, id } of lost) {
      const actor: Actor = { organizationId, userId, role: 'owner', via: 'system' };
      const recorded = await runAs(actor, () => this.recorder.record(actor, id));
      if (recorded) this.logger.warn({ event: 'run.lost', runId: id, organizationId, userId });
    }
    return lost.length === BATCH;
  }
}
