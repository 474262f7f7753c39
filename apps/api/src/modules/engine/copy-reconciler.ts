import { Injectable, type OnModuleInit } from '@nestjs/common';
import { runAs, runAsSystem, type Actor } from '@weir/kernel';
import { BackgroundLoops } from '../../background/background-loops';
import { CopyWork, LEASE_SECONDS } from './copy-work';
import { EngineConnection } from './engine-connection';
import { EngineFlowsRepository, type DueCopy } from './engine-flows.repository';
import { EngineMonitor } from './engine-monitor';

const EVERY_MS = 3_000;
/** Done side by side, so that a turn ends well before its leases do. */
const BATCH = 5;

/** Brings the engine's copies in line with what is recorded: what was asked for, what failed, what a crash left behind. */
@Injectable()
export class CopyReconciler implements OnModuleInit {
  constructor(
    private readonly connection: EngineConnection,
    private readonly monitor: EngineMonitor,
    private readonly copies: EngineFlowsRepository,
    private readonly work: CopyWork,
    private readonly loops: BackgroundLoops,
  ) {}

  onModuleInit(): void {
    if (this.connection.exists)
      this.loops.add({ name: 'engine-copies', everyMs: EVERY_MS, work: () => this.takeTurn() });
  }

  private async takeTurn(): Promise<boolean> {
    // An engine that is away would only use up attempts.
    if (this.monitor.current().condition !== 'usable') return false;
    const due = await runAsSystem(() => this.copies.claimDue(BATCH, LEASE_SECONDS));
    const outcomes = await Promise.allSettled(due.map((copy) => this.reconcile(copy)));
    // Each failure is recorded with its copy; a batch in which nothing worked waits for the next turn.
    return due.length === BATCH && outcomes.some(({ status }) => status === 'fulfilled');
  }

  private reconcile({ organizationId, userId, id }: DueCopy): Promise<void> {
    const actor: Actor = { organizationId, userId, role: 'owner', via: 'system' };
    return runAs(actor, async () => {
      const copy = await this.copies.findById(actor, id);
      if (copy !== null) await this.work.perform(actor, copy);
    });
  }
}
