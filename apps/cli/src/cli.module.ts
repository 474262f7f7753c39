import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule, type AppConfig } from '@weir/config';
import { DatabaseModule } from '@weir/database';
import { SystemClock } from '@weir/kernel';
import { LoggingModule, type Logger } from '@weir/logging';
import { ClockModule } from '../../api/src/clock.module';
import { AdministrationModule } from '../../api/src/modules/administration/administration.module';
import { AuthModule } from '../../api/src/modules/auth/auth.module';
import { ProjectsModule } from '../../api/src/modules/projects/projects.module';
import { VaultModule } from '../../api/src/modules/vault/vault.module';
import { AdministratorRepository } from './administrator.repository';
import { AdministratorService } from './administrator.service';

/** The services that commands use: those of the API, without HTTP and without background work. */
@Module({})
export class CliModule {
  static register(config: AppConfig, logger: Logger): DynamicModule {
    return {
      module: CliModule,
      imports: [
        ConfigModule.register(config),
        LoggingModule.register(logger),
        DatabaseModule.register(config.database),
        ClockModule.register(new SystemClock()),
        AdministrationModule,
        AuthModule,
        // Its part of a sign-up: every new account has its default project.
        ProjectsModule,
        VaultModule,
      ],
      providers: [AdministratorRepository, AdministratorService],
    };
  }
}
