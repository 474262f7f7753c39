import { randomBytes } from 'node:crypto';
import { DecryptionError } from './crypto.errors';
import type { KeyContext, KeyProvider, WrappedKey } from './key-provider';

export const DATA_KEY_BYTES = 32;

/** Who owns a data key: a user in an organization, or (`ownerUserId: null`) the organization. */
export interface DataKeyOwner {
  readonly organizationId: string;
  readonly ownerUserId: string | null;
}

/** A new random data key. Wrap it, use it, and let {@link DataKeyCache} or the caller zero it. */
export function generateDataKey(): Buffer {
  return Buffer.from(randomBytes(DATA_KEY_BYTES));
}

/**
 * Wraps a data key for storage.
 * @param number counts the owner's data keys from 1
 * @throws KeyProviderUnavailableError when the provider does not answer
 */
export function wrapDataKey(
  provider: KeyProvider,
  dataKey: Uint8Array,
  owner: DataKeyOwner,
  number: number,
): Promise<WrappedKey> {
  return provider.wrap(dataKey, contextOf(owner, number));
}

/**
 * Opens a stored data key.
 * @throws DecryptionError when it was wrapped for another owner or number, by another master key, or altered
 * @throws KeyProviderUnavailableError when the provider does not answer
 */
export async function unwrapDataKey(
  provider: KeyProvider,
  wrapped: WrappedKey,
  owner: DataKeyOwner,
  number: number,
): Promise<Buffer> {
  const dataKey = await provider.unwrap(wrapped, contextOf(owner, number));
  if (dataKey.length === DATA_KEY_BYTES) return dataKey;
  dataKey.fill(0);
  throw new DecryptionError();
}

/**
 * Moves a stored data key to the current master key; the values under it stay as they are (F85).
 * @returns null when it is already current
 */
export async function rewrapDataKey(
  provider: KeyProvider,
  wrapped: WrappedKey,
  owner: DataKeyOwner,
  number: number,
): Promise<WrappedKey | null> {
  if (wrapped.masterKeyVersion === provider.currentVersion()) return null;
  const dataKey = await unwrapDataKey(provider, wrapped, owner, number);
  try {
    return await wrapDataKey(provider, dataKey, owner, number);
  } finally {
    dataKey.fill(0);
  }
}

function contextOf(owner: DataKeyOwner, number: number): KeyContext {
  return {
    organizationId: owner.organizationId,
    ownerUserId: owner.ownerUserId,
    dataKeyNumber: number,
  };
}
