import type { MasterKeyConfig } from '@weir/config';
import { AwsKmsKeyProvider, LocalKeyProvider, parseMasterKeys, type KeyProvider } from '@weir/crypto';

/**
 * The holder of the master key that the configuration names.
 * @throws KeyConfigurationError for keys that must not be used; stops the start (R45)
 */
export function createKeyProvider(config: MasterKeyConfig): KeyProvider {
  return config.provider === 'local'
    ? new LocalKeyProvider(parseMasterKeys(config.keys))
    : new AwsKmsKeyProvider({ keyArns: config.keyArns });
}

/** Where an operator mends the keys of a provider. */
export function variableOf(config: MasterKeyConfig): string {
  return config.provider === 'local' ? 'MASTER_KEYS' : 'AWS_KMS_KEY_ARNS';
}
