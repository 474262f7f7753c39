import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '@weir/kernel';
import { isEngineError } from '@weir/langflow-client';
import { Logger } from '@weir/logging';
import { BackgroundLoops } from '../../background/background-loops';
import { EngineConnection } from './engine-connection';
import { engineUnavailable, engineUnsafe } from './engine.errors';
import { probeEnvironmentFallback } from './environment-probe';

export type EngineCondition =
  /** Not asked yet. */
  | 'unknown'
  | 'usable'
  | 'unreachable'
  /** It answers and must not be used. */
  | 'unsafe'
  /** The configuration asks for simulation: there is no engine. */
  | 'simulated';

export interface EngineReport {
  readonly condition: EngineCondition;
  /** Why it is not usable, in sentences for the operator that name no address. */
  readonly reasons: readonly string[];
}

/** While the engine is not usable it is asked this often. */
const WAITING_MS = 2_000;
const WATCHING_MS = 60_000;
const PROBE_TIMEOUT_MS = 5_000;
const ENVIRONMENT_MS = 10 * 60_000;
const UNHEALTHY = 'The engine says that it is not healthy. Look at its log.';
/** A failing engine is asked at most this often on behalf of requests; all others share the answer. */
const MIN_PROBE_INTERVAL_MS = 1_000;

/**
 * Whether the engine may be used: reachable, of a supported version, safely set up. It is asked at start, every two seconds
 * until it is usable and every minute then. A request that finds it unreachable says so here; from then on requests fail at
 * once, and the first one after a second asks again, so the way back takes no longer than that.
 */
@Injectable()
export class EngineMonitor implements OnModuleInit {
  private report: EngineReport;
  private probedAt = -Infinity;
  private environmentAskedAt = -Infinity;
  private probing: Promise<EngineReport> | null = null;

  constructor(
    private readonly connection: EngineConnection,
    private readonly loops: BackgroundLoops,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.report = { condition: connection.exists ? 'unknown' : 'simulated', reasons: [] };
  }

  onModuleInit(): void {
    if (this.connection.exists)
      this.loops.add({ name: 'engine-probe', everyMs: WAITING_MS, work: () => this.watch() });
  }

  current(): EngineReport {
    return this.report;
  }

  /** @throws AppError 503 `engine_unavailable` or `engine_unsafe` */
  async requireUsable(): Promise<void> {
    const report = await this.freshReport();
    if (report.condition === 'unsafe') throw engineUnsafe();
    if (report.condition !== 'usable') throw engineUnavailable();
  }

  /** A request could not reach the engine. */
  noticeUnreachable(): void {
    this.settle({ condition: 'unreachable', reasons: ['The engine cannot be reached.'] });
  }

  private async freshReport(): Promise<EngineReport> {
    const { condition } = this.report;
    if (condition === 'usable' || condition === 'simulated') return this.report;
    const age = this.clock.now().getTime() - this.probedAt;
    return this.probing === null && age < MIN_PROBE_INTERVAL_MS ? this.report : this.probe();
  }

  private async watch(): Promise<boolean> {
    const age = this.clock.now().getTime() - this.probedAt;
    if (this.report.condition !== 'usable' || age >= WATCHING_MS) await this.probe();
    return false;
  }

  private probe(): Promise<EngineReport> {
    this.probing ??= this.ask()
      .then((report) => this.settle(report))
      .finally(() => {
        this.probedAt = this.clock.now().getTime();
        this.probing = null;
      });
    return this.probing;
  }

  private async ask(): Promise<EngineReport> {
    try {
      return await this.askEverything();
    } catch (error) {
      if (!isEngineError(error)) throw error;
      const isAway = error.kind === 'unreachable' || error.kind === 'timeout';
      if (isAway) return { condition: 'unreachable', reasons: [error.message] };
      return { condition: 'unsafe', reasons: [`Its safety could not be established. ${error.message}`] };
    }
  }

  private async askEverything(): Promise<EngineReport> {
    const options = { totalMs: PROBE_TIMEOUT_MS };
    const { healthy } = await this.connection.management.health(options);
    if (!healthy) return { condition: 'unreachable', reasons: [UNHEALTHY] };
    const { problems } = await this.connection.management.probe(options);
    const all = problems.length === 0 ? await this.askForEnvironment() : problems;
    return { condition: all.length === 0 ? 'usable' : 'unsafe', reasons: all };
  }

  /** Costs a small run, and changes only when the engine is restarted. */
  private async askForEnvironment(): Promise<readonly string[]> {
    const now = this.clock.now().getTime();
    if (this.report.condition === 'usable' && now - this.environmentAskedAt < ENVIRONMENT_MS) return [];
    const problem = await probeEnvironmentFallback(this.connection);
    this.environmentAskedAt = now;
    return problem === null ? [] : [problem];
  }

  private settle(report: EngineReport): EngineReport {
    if (report.condition !== this.report.condition) {
      const fields = { event: 'engine.condition', condition: report.condition, reasons: report.reasons };
      if (report.condition === 'usable') this.logger.info(fields);
      else this.logger.warn(fields);
    }
    this.report = report;
    return report;
  }
}
