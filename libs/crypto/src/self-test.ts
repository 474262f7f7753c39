import { isJsonObject } from '@weir/kernel';
import { decodeBase64Strictly } from './bytes';
import { DecryptionError, KeyConfigurationError } from './crypto.errors';
import type { KeyProvider, WrappedKey } from './key-provider';
import { INSTALLATION_CONTEXT } from './probe-key-provider';

/** Known text in the place of a data key: opening it proves that these are the keys this database was written with. */
const KNOWN_TEXT = Buffer.from('weir key ring self-test');

/**
 * Makes the value that is stored once per database (`key_ring_checks.sealed`), and again after a master key rotation.
 * @returns opaque text; holds nothing secret
 */
export async function makeSelfTest(provider: KeyProvider): Promise<string> {
  const { wrapped, masterKeyVersion } = await provider.wrap(KNOWN_TEXT, INSTALLATION_CONTEXT);
  return JSON.stringify({ masterKeyVersion, wrapped: Buffer.from(wrapped).toString('base64') });
}

/**
 * Checks the configured keys against the stored value, so that a start with the wrong ring fails at once instead of at
 * the first secret (R45).
 * @param variable where the operator configures the provider's keys, for the message
 * @returns `stale` when it was made under an older master key: store a new one, before that key is taken out
 * @throws KeyConfigurationError when the configured keys cannot open it
 * @throws KeyProviderUnavailableError when the provider does not answer
 */
export async function checkSelfTest(
  provider: KeyProvider,
  stored: string,
  variable = 'MASTER_KEYS',
): Promise<'current' | 'stale'> {
  const sealed = parseSelfTest(stored);
  const opened = sealed === null ? null : await tryUnwrap(provider, sealed);
  if (sealed === null || opened === null || !KNOWN_TEXT.equals(opened)) {
    const madeUnder = sealed?.masterKeyVersion ?? 'an unknown version';
    throw new KeyConfigurationError(
      variable,
      `does not hold the key that this database was written with (its self-test was made under '${madeUnder}'). ` +
        'Put that key back, or use the database that belongs to these keys.',
    );
  }
  return sealed.masterKeyVersion === provider.currentVersion() ? 'current' : 'stale';
}

async function tryUnwrap(provider: KeyProvider, sealed: WrappedKey): Promise<Buffer | null> {
  try {
    return await provider.unwrap(sealed, INSTALLATION_CONTEXT);
  } catch (error) {
    if (error instanceof DecryptionError) return null;
    throw error;
  }
}

function parseSelfTest(stored: string): WrappedKey | null {
  try {
    const parsed: unknown = JSON.parse(stored);
    if (!isJsonObject(parsed)) return null;
    const { masterKeyVersion, wrapped } = parsed;
    if (typeof masterKeyVersion !== 'string' || typeof wrapped !== 'string') return null;
    const bytes = decodeBase64Strictly(wrapped);
    return bytes === null ? null : { masterKeyVersion, wrapped: bytes };
  } catch {
    return null;
  }
}
