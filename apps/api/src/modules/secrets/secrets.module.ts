import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { VaultModule } from '../vault/vault.module';
import { SecretStoreService } from './secret-store.service';
import { SecretUsage } from './secret-usage';
import { SecretsController } from './secrets.controller';
import { SecretsRepository } from './secrets.repository';
import { SecretsService } from './secrets.service';

@Module({
  imports: [AuditModule, VaultModule],
  controllers: [SecretsController],
  providers: [SecretStoreService, SecretUsage, SecretsRepository, SecretsService],
  exports: [SecretUsage, SecretsService],
})
export class SecretsModule {}
