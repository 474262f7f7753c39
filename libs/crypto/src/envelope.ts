import { hkdfSync } from 'node:crypto';
import { open, seal } from './aes-gcm';
import type { SealedValue } from './aes-gcm';
import { AssociatedData } from './associated-data';
import { DATA_KEY_BYTES } from './data-key';

/** What a value is for. Each purpose has its own subkey, so that a value of one can never be read as another. */
export const SEAL_PURPOSES = ['secret', 'engine-credential', 'webhook-signing-key'] as const;
export type SealPurpose = (typeof SEAL_PURPOSES)[number];

/** The place a ciphertext belongs to. It opens nowhere else: not in another row, owner, name or version. */
export interface SealBinding {
  readonly organizationId: string;
  /** The owning user within the organization, or null when the organization owns it. */
  readonly ownerUserId: string | null;
  /** Id of the row that holds the ciphertext. */
  readonly objectId: string;
  readonly name: string;
  /** Which of the owner's data keys, counted from 1. */
  readonly dataKeyNumber: number;
  /** Version of the value: an old one put back does not open. */
  readonly version: number;
}

/**
 * Encrypts a value with AES-256-GCM under the purpose's subkey (HKDF-SHA-256, RFC 5869).
 * @param dataKey 32 bytes, the owner's
 * @throws TypeError for a key that was already erased, ids that are no UUIDs, or text with lone surrogates, which UTF-8
 *   cannot give back unchanged
 */
export function encryptValue(
  dataKey: Uint8Array,
  purpose: SealPurpose,
  binding: SealBinding,
  plaintext: string,
): SealedValue {
  if (!plaintext.isWellFormed()) throw new TypeError('The value to encrypt is not valid Unicode');
  const bytes = Buffer.from(plaintext, 'utf8');
  try {
    return withSubkey(dataKey, purpose, (key) => seal(key, associatedData(purpose, binding), bytes));
  } finally {
    bytes.fill(0);
  }
}

/**
 * Opens what {@link encryptValue} made for the same purpose and binding.
 * @throws DecryptionError for every other key, place or altered byte
 */
export function decryptValue(
  dataKey: Uint8Array,
  purpose: SealPurpose,
  binding: SealBinding,
  sealed: SealedValue,
): string {
  const bytes = withSubkey(dataKey, purpose, (key) => open(key, associatedData(purpose, binding), sealed));
  try {
    return bytes.toString('utf8');
  } finally {
    bytes.fill(0);
  }
}

function withSubkey<T>(dataKey: Uint8Array, purpose: SealPurpose, work: (subkey: Buffer) => T): T {
  // A key dropped from the cache is zeroed in place. Encrypting with the remains would look like success.
  if (dataKey.length !== DATA_KEY_BYTES || dataKey.every((byte) => byte === 0)) {
    throw new TypeError('The data key is missing or was already erased');
  }
  const subkey = Buffer.from(hkdfSync('sha256', dataKey, '', `weir/value/1/${purpose}`, 32));
  try {
    return work(subkey);
  } finally {
    subkey.fill(0);
  }
}

function associatedData(purpose: SealPurpose, binding: SealBinding): Buffer {
  return new AssociatedData()
    .uuid(binding.organizationId)
    .optionalUuid(binding.ownerUserId)
    .uuid(binding.objectId)
    .uint32(binding.dataKeyNumber)
    .uint32(binding.version)
    .text(binding.name)
    .text(purpose)
    .toBuffer();
}
