import { Module, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import { AuditModule } from '../audit/audit.module';
import { AccountSteps } from '../auth/account-steps';
import { AuthModule } from '../auth/auth.module';
import { createKeyProvider } from './create-key-provider';
import { DataKeyOwners } from './data-key-owners';
import { DataKeyOwnersRepository } from './data-key-owners.repository';
import { DataKeyRotationService } from './data-key-rotation.service';
import { DataKeysRepository } from './data-keys.repository';
import { DataKeysService } from './data-keys.service';
import { KeyRingCheckRepository } from './key-ring-check.repository';
import { KeyRingCheckService } from './key-ring-check.service';
import { MasterKeyRotationService } from './master-key-rotation.service';
import { OutsideTransaction } from './outside-transaction';
import { SealedCredentialsRepository } from './sealed-credentials.repository';
import { SealedSecretsRepository } from './sealed-secrets.repository';
import { SealedStores } from './sealed-stores';
import { ValueResealer } from './value-resealer';
import { VaultService } from './vault.service';
import { KEY_PROVIDER } from './vault.tokens';

@Module({
  imports: [AuditModule, AuthModule],
  providers: [
    {
      provide: KEY_PROVIDER,
      inject: [CONFIG],
      useFactory: (config: AppConfig) => createKeyProvider(config.keys.master),
    },
    DataKeyOwners,
    DataKeyOwnersRepository,
    DataKeyRotationService,
    DataKeysRepository,
    DataKeysService,
    KeyRingCheckRepository,
    KeyRingCheckService,
    MasterKeyRotationService,
    OutsideTransaction,
    SealedCredentialsRepository,
    SealedSecretsRepository,
    SealedStores,
    ValueResealer,
    VaultService,
  ],
  exports: [
    DataKeyRotationService,
    KEY_PROVIDER,
    KeyRingCheckService,
    MasterKeyRotationService,
    VaultService,
  ],
})
export class VaultModule implements OnModuleInit {
  constructor(
    private readonly steps: AccountSteps,
    private readonly vault: VaultService,
  ) {}

  onModuleInit(): void {
    this.steps.onDeletion((actor) => this.vault.destroyKeys(actor));
  }
}
