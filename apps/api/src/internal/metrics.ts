import { Injectable } from '@nestjs/common';
import { Database } from '@weir/database';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { BackgroundLoops } from '../background/background-loops';
import { EngineMonitor } from '../modules/engine/engine-monitor';
import { EngineService } from '../modules/engine/engine.service';

/** What is counted of one answered request. */
export interface AnsweredRequest {
  readonly method: string;
  /** The pattern, as `/v1/runs/:id`: one series a route, however many objects there are. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

const LABELS = ['method', 'route', 'status'] as const;
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * What `/metrics` tells, in the format of Prometheus. No label names an organization, a person or an object: the number of
 * series stays small, and whoever reads metrics learns nothing about tenants.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Counter({
    name: 'weir_http_requests_total',
    help: 'Answered requests.',
    labelNames: LABELS,
    registers: [this.registry],
  });
  private readonly durations = new Histogram({
    name: 'weir_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: LABELS,
    buckets: DURATION_BUCKETS,
    registers: [this.registry],
  });

  constructor(
    private readonly database: Database,
    private readonly engine: EngineService,
    private readonly monitor: EngineMonitor,
    private readonly loops: BackgroundLoops,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.addEngine();
    this.addDatabase();
    this.addLoops();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  countRequest({ method, route, status, seconds }: AnsweredRequest): void {
    const labels = { method, route, status: `${Math.floor(status / 100)}xx` };
    this.requests.inc(labels);
    this.durations.observe(labels, seconds);
  }

  render(): Promise<string> {
    return this.registry.metrics();
  }

  private addEngine(): void {
    this.addGauge('weir_engine_up', 'Whether the engine may be used: 1 or 0.', () =>
      this.monitor.current().condition === 'usable' ? 1 : 0,
    );
    this.addGauge(
      'weir_engine_runs_active',
      'Runs of this process that are on the engine now.',
      () => this.engine.activeRuns,
    );
  }

  private addDatabase(): void {
    this.addGauge(
      'weir_database_connections',
      'Connections of this process to the database.',
      () => this.database.poolState().total,
    );
    this.addGauge(
      'weir_database_connections_idle',
      'Connections that nobody uses now.',
      () => this.database.poolState().idle,
    );
    this.addGauge(
      'weir_database_waiting',
      'Work that waits for a connection.',
      () => this.database.poolState().waiting,
    );
  }

  private addLoops(): void {
    const { loops } = this;
    const gauge = new Gauge({
      name: 'weir_background_failures',
      help: 'Turns of background loops that failed, since the start.',
      labelNames: ['loop'],
      registers: [this.registry],
      collect: () => {
        for (const loop of loops.list()) gauge.set({ loop: loop.name }, loop.failures);
      },
    });
  }

  private addGauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: () => gauge.set(read()),
    });
  }
}
