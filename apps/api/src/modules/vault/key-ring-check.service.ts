import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type AppConfig } from '@weir/config';
import { checkSelfTest, makeSelfTest, type KeyProvider } from '@weir/crypto';
import { Clock, runAsSystem } from '@weir/kernel';
import { Logger } from '@weir/logging';
import { variableOf } from './create-key-provider';
import { DataKeyOwners } from './data-key-owners';
import { KeyRingCheckRepository } from './key-ring-check.repository';
import { KEY_PROVIDER } from './vault.tokens';

/**
 * Proves at every start that the configured master keys are those of this database: the first start seals a known text, the
 * later ones open it. A wrong ring stops the start instead of failing at somebody's secret (R45).
 */
@Injectable()
export class KeyRingCheckService implements OnModuleInit {
  constructor(
    private readonly checks: KeyRingCheckRepository,
    private readonly owners: DataKeyOwners,
    private readonly clock: Clock,
    private readonly logger: Logger,
    @Inject(KEY_PROVIDER) private readonly provider: KeyProvider,
    @Inject(CONFIG) private readonly config: AppConfig,
  ) {}

  onModuleInit(): Promise<void> {
    return this.verify();
  }

  /** @throws KeyConfigurationError when the configured keys are not those that this database was written with */
  verify(): Promise<void> {
    return runAsSystem(async () => {
      const stored = (await this.checks.find()) ?? (await this.storeFirst());
      const state = await checkSelfTest(this.provider, stored, variableOf(this.config.keys.master));
      // As long as data keys wait for `weir keys rotate-master`, the self-test vouches for the key that they need.
      if (state === 'current' || (await this.isOldKeyNeeded())) return;
      await this.checks.replace(stored, await makeSelfTest(this.provider), this.clock.now());
      this.logger.info({
        event: 'vault.self_test_renewed',
        masterKeyVersion: this.provider.currentVersion(),
      });
    });
  }

  private async isOldKeyNeeded(): Promise<boolean> {
    const counts = await this.owners.countByMasterKey();
    return counts.some(({ masterKeyVersion }) => masterKeyVersion !== this.provider.currentVersion());
  }

  /** What two first starts at once agree on is what the database kept. */
  private async storeFirst(): Promise<string> {
    const made = await makeSelfTest(this.provider);
    await this.checks.insertIfAbsent(made);
    return (await this.checks.find()) ?? made;
  }
}
