import { Module } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import { BackgroundModule } from '../../background/background.module';
import { AuditModule } from '../audit/audit.module';
import { AuthModule } from '../auth/auth.module';
import { EngineModule } from '../engine/engine.module';
import { ProjectsModule } from '../projects/projects.module';
import { SecretsModule } from '../secrets/secrets.module';
import { SettingsModule } from '../settings/settings.module';
import { BindingsService } from './bindings.service';
import { loadCatalogue } from './component-catalogue';
import { FlowEditingService } from './flow-editing.service';
import { FlowPreparation } from './flow-preparation';
import { PreferredModel } from './preferred-model';
import { ProjectWorkflowsController } from './project-workflows.controller';
import { StartersController } from './starters.controller';
import { StartersService } from './starters.service';
import { VersionsController } from './versions.controller';
import { VersionsRepository } from './versions.repository';
import { VersionsService } from './versions.service';
import { WorkflowCreationService } from './workflow-creation.service';
import { WorkflowEndings } from './workflow-endings';
import { WorkflowMovesRepository } from './workflow-moves.repository';
import { WorkflowPorts } from './workflow-ports';
import { WorkflowWriter } from './workflow-writer';
import { WorkflowsController } from './workflows.controller';
import { WorkflowsRepository } from './workflows.repository';
import { WorkflowsService } from './workflows.service';
import { CATALOGUE } from './workflows.tokens';

@Module({
  imports: [
    AuditModule,
    AuthModule,
    BackgroundModule,
    EngineModule,
    ProjectsModule,
    SecretsModule,
    SettingsModule,
  ],
  controllers: [StartersController, ProjectWorkflowsController, WorkflowsController, VersionsController],
  providers: [
    {
      provide: CATALOGUE,
      inject: [CONFIG],
      useFactory: (config: AppConfig) => loadCatalogue(config.assets.componentCatalogue),
    },
    BindingsService,
    FlowEditingService,
    FlowPreparation,
    PreferredModel,
    StartersService,
    VersionsRepository,
    VersionsService,
    WorkflowCreationService,
    WorkflowEndings,
    WorkflowMovesRepository,
    WorkflowPorts,
    WorkflowWriter,
    WorkflowsRepository,
    WorkflowsService,
  ],
  exports: [WorkflowsService],
})
export class WorkflowsModule {}
