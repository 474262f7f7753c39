import { Module } from '@nestjs/common';
import { EngineModule } from '../engine/engine.module';
import { VaultModule } from '../vault/vault.module';
import { HealthController } from './health.controller';
import { HealthRepository } from './health.repository';
import { HealthService } from './health.service';

@Module({
  imports: [EngineModule, VaultModule],
  controllers: [HealthController],
  providers: [HealthRepository, HealthService],
})
export class HealthModule {}
