import type { AppConfig } from '@weir/config';
import { AuditSigner, KeyConfigurationError, parseMasterKeys } from '@weir/crypto';

/**
 * The signer of audit trails: the operator's key, or the one that follows from the newest local master key. AWS KMS keeps
 * its keys to itself, so nothing can be derived from them.
 * @throws KeyConfigurationError for a key that must not be used; stops the start
 */
export function createAuditSigner({ auditPem, master }: AppConfig['keys']): AuditSigner {
  if (auditPem !== undefined) return AuditSigner.fromPem(auditPem);
  if (master.provider === 'local') return AuditSigner.fromMasterKeys(parseMasterKeys(master.keys));
  throw new KeyConfigurationError('AUDIT_SIGNING_KEY', 'is missing');
}
