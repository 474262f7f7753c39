import { Injectable } from '@nestjs/common';
import { Clock, runAsSystem } from '@weir/kernel';
import { Logger } from '@weir/logging';
import { BackgroundLoop } from '../../background/background-loop';
import { ActiveRuns } from './active-runs';
import { CANCEL_POLL_MS, LEASE_EXTENSION_MS, LEASE_MS } from './lease';
import { RunLeasesRepository } from './run-leases.repository';

/**
 * Says for all runs of this process that they are alive, and hears what other processes want of them. Not one of the
 * common loops: those stop first when the process stops, and this one has to last as long as a run does.
 */
@Injectable()
export class RunHeartbeat {
  private readonly loop: BackgroundLoop;
  private extendedAt = 0;

  constructor(
    private readonly active: ActiveRuns,
    private readonly leases: RunLeasesRepository,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.loop = new BackgroundLoop(
      { name: 'run-heartbeat', everyMs: CANCEL_POLL_MS, work: () => this.beat() },
      logger,
    );
  }

  start(): void {
    this.loop.wake();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async beat(): Promise<boolean> {
    const runs = this.active.list();
    if (runs.length === 0) return false;
    const cancelled = await runAsSystem(() => this.leases.findCancelRequests(runs));
    for (const id of cancelled) this.active.stop(id, 'cancelled');
    const now = this.clock.now().getTime();
    if (now - this.extendedAt < LEASE_EXTENSION_MS - CANCEL_POLL_MS) return false;
    this.extendedAt = now;
    const mine = await runAsSystem(() => this.leases.extend(runs, new Date(now + LEASE_MS)));
    // A run that ended meanwhile is not in the list either: stopping it changes nothing any more.
    for (const { id } of runs) if (!mine.has(id)) this.active.stop(id, 'lost');
    return false;
  }
}
