import { Module } from '@nestjs/common';
import { BackgroundModule } from '../../background/background.module';
import { AuditModule } from '../audit/audit.module';
import { AuthModule } from '../auth/auth.module';
import { EngineModule } from '../engine/engine.module';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { SecretsModule } from '../secrets/secrets.module';
import { WorkflowsModule } from '../workflows/workflows.module';
import { ActiveRuns } from './active-runs';
import { ConversationTurns } from './conversation-turns';
import { LostRunRecorder } from './lost-run-recorder';
import { LostRuns } from './lost-runs';
import { RunCancellationService } from './run-cancellation.service';
import { RunEventsRepository } from './run-events.repository';
import { RunExecutor } from './run-executor';
import { RunFactory } from './run-factory';
import { RunHeartbeat } from './run-heartbeat';
import { RunLauncher } from './run-launcher';
import { RunLeasesRepository } from './run-leases.repository';
import { KnownWorkflows } from './known-workflows';
import { RunPreparation } from './run-preparation';
import { RunReader } from './run-reader';
import { RunRecorder } from './run-recorder';
import { RunStarter } from './run-starter';
import { RunsController } from './runs.controller';
import { RunsLifecycle } from './runs-lifecycle';
import { RunsRepository } from './runs.repository';
import { RunsService } from './runs.service';
import { StreamAccess } from './stream-access';
import { WorkflowRunsController } from './workflow-runs.controller';

@Module({
  imports: [
    AuditModule,
    AuthModule,
    BackgroundModule,
    EngineModule,
    IdempotencyModule,
    SecretsModule,
    WorkflowsModule,
  ],
  controllers: [RunsController, WorkflowRunsController],
  providers: [
    ActiveRuns,
    ConversationTurns,
    LostRunRecorder,
    LostRuns,
    RunCancellationService,
    RunEventsRepository,
    RunExecutor,
    RunFactory,
    RunHeartbeat,
    RunLauncher,
    RunLeasesRepository,
    KnownWorkflows,
    RunPreparation,
    RunReader,
    RunRecorder,
    RunStarter,
    RunsLifecycle,
    RunsRepository,
    RunsService,
    StreamAccess,
  ],
  exports: [ConversationTurns, RunsService],
})
export class RunsModule {}
