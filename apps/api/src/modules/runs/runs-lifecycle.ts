import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import { AccountSteps } from '../auth/account-steps';
import { ActiveRuns } from './active-runs';
import { RunCancellationService } from './run-cancellation.service';
import { RunHeartbeat } from './run-heartbeat';

/** Runs at the start and the stop of the process, and when an account ends. */
@Injectable()
export class RunsLifecycle implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(CONFIG) private readonly config: AppConfig,
    private readonly steps: AccountSteps,
    private readonly cancellation: RunCancellationService,
    private readonly active: ActiveRuns,
    private readonly heartbeat: RunHeartbeat,
  ) {}

  onModuleInit(): void {
    this.steps.onDeletion((actor) => this.cancellation.requestAll(actor));
  }

  onApplicationBootstrap(): void {
    this.heartbeat.start();
  }

  /** Before the server and the database close: runs may end by themselves, and every end is recorded (F127). */
  async beforeApplicationShutdown(): Promise<void> {
    await this.active.drain(this.config.http.shutdownGraceMs);
    await this.heartbeat.stop();
  }
}
