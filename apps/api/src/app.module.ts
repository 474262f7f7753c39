import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { ConfigModule, type AppConfig } from '@weir/config';
import { DatabaseModule } from '@weir/database';
import { RateLimitGuard } from '@weir/http';
import type { Clock } from '@weir/kernel';
import { LoggingModule, type Logger } from '@weir/logging';
import { ClockModule } from './clock.module';
import { InternalModule } from './internal/internal.module';
import { ApiKeysModule } from './modules/api-keys/api-keys.module';
import { AuditTrailModule } from './modules/audit/audit-trail.module';
import { AuditModule } from './modules/audit/audit.module';
import { AccessGuard } from './modules/auth/auth.guard';
import { AuthModule } from './modules/auth/auth.module';
import { ConversationsModule } from './modules/conversations/conversations.module';
import { EndpointsModule } from './modules/endpoints/endpoints.module';
import { EngineModule } from './modules/engine/engine.module';
import { HealthModule } from './modules/health/health.module';
import { MembersModule } from './modules/members/members.module';
import { ProjectsModule } from './modules/projects/projects.module';
import { RunsModule } from './modules/runs/runs.module';
import { SecretsModule } from './modules/secrets/secrets.module';
import { SettingsModule } from './modules/settings/settings.module';
import { VaultModule } from './modules/vault/vault.module';
import { WorkflowsModule } from './modules/workflows/workflows.module';

/** The features, in the order in which they may know each other. */
const FEATURES = [
  AuditModule,
  AuditTrailModule,
  AuthModule,
  ApiKeysModule,
  MembersModule,
  VaultModule,
  SettingsModule,
  ProjectsModule,
  SecretsModule,
  EngineModule,
  WorkflowsModule,
  RunsModule,
  EndpointsModule,
  ConversationsModule,
  HealthModule,
  InternalModule,
];

/** What a process is made of besides its modules. */
export interface Foundations {
  readonly config: AppConfig;
  readonly logger: Logger;
  readonly clock: Clock;
}

@Module({})
export class AppModule {
  static register({ config, logger, clock }: Foundations): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.register(config),
        LoggingModule.register(logger),
        DatabaseModule.register(config.database),
        ClockModule.register(clock),
        ...FEATURES,
      ],
      providers: [
        // Order matters: who asks is known before requests are counted.
        { provide: APP_GUARD, useClass: AccessGuard },
        {
          provide: APP_GUARD,
          inject: [Reflector],
          useFactory: (reflector: Reflector) => new RateLimitGuard(reflector, config.http.rateLimits),
        },
      ],
    };
  }
}
