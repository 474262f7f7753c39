import { Module, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import { Clock } from '@weir/kernel';
import { BackgroundModule } from '../../background/background.module';
import { AuthModule } from '../auth/auth.module';
import { AccountSteps } from '../auth/account-steps';
import { VaultModule } from '../vault/vault.module';
import { CopyReconciler } from './copy-reconciler';
import { CopyWork } from './copy-work';
import { EngineConnection } from './engine-connection';
import { EngineCopies } from './engine-copies.service';
import { EngineCredentialsRepository } from './engine-credentials.repository';
import { EngineFlowsRepository } from './engine-flows.repository';
import { EngineIdentities } from './engine-identities';
import { EngineMonitor } from './engine-monitor';
import { EngineService } from './engine.service';
import { FlowSources } from './flow-sources';
import { LangflowDriver } from './langflow-driver';

@Module({
  imports: [AuthModule, BackgroundModule, VaultModule],
  providers: [
    {
      provide: EngineConnection,
      inject: [CONFIG, Clock],
      useFactory: (config: AppConfig, clock: Clock) => new EngineConnection(config.engine, clock),
    },
    CopyReconciler,
    CopyWork,
    EngineCopies,
    EngineCredentialsRepository,
    EngineFlowsRepository,
    EngineIdentities,
    EngineMonitor,
    EngineService,
    FlowSources,
    LangflowDriver,
  ],
  exports: [EngineConnection, EngineCopies, EngineMonitor, EngineService, FlowSources],
})
export class EngineModule implements OnModuleInit {
  constructor(
    private readonly steps: AccountSteps,
    private readonly identities: EngineIdentities,
  ) {}

  onModuleInit(): void {
    this.steps.onDeletion(async (actor) => this.identities.forget(actor));
  }
}
