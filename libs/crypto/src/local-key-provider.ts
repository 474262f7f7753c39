import { hkdfSync } from 'node:crypto';
import { NONCE_BYTES, TAG_BYTES, open, seal } from './aes-gcm';
import { AssociatedData } from './associated-data';
import { DecryptionError } from './crypto.errors';
import type { KeyContext, KeyHealth, KeyProvider, WrappedKey } from './key-provider';
import type { MasterKeyRing } from './master-keys';
import { probeKeyProvider } from './probe-key-provider';

const PREFIX = 'local:';

/**
 * Wraps data keys with master keys from the configuration: the provider for development and for one machine.
 * A wrapped key is nonce, ciphertext and tag in one piece, bound to owner, number and master key version.
 */
export class LocalKeyProvider implements KeyProvider {
  readonly name = 'local';

  constructor(private readonly ring: MasterKeyRing) {}

  wrap(plaintextKey: Uint8Array, context: KeyContext): Promise<WrappedKey> {
    return Promise.resolve().then(() => {
      const version = this.ring.newest;
      const { nonce, ciphertext, tag } = this.withWrappingKey(version, (key) =>
        seal(key, associatedData(context, version), plaintextKey),
      );
      return { wrapped: Buffer.concat([nonce, ciphertext, tag]), masterKeyVersion: this.currentVersion() };
    });
  }

  unwrap({ wrapped, masterKeyVersion }: WrappedKey, context: KeyContext): Promise<Buffer> {
    return Promise.resolve().then(() => {
      if (!masterKeyVersion.startsWith(PREFIX)) throw new DecryptionError();
      const version = Number(masterKeyVersion.slice(PREFIX.length));
      const sealed = {
        nonce: wrapped.subarray(0, NONCE_BYTES),
        ciphertext: wrapped.subarray(NONCE_BYTES, Math.max(NONCE_BYTES, wrapped.length - TAG_BYTES)),
        tag: wrapped.subarray(Math.max(NONCE_BYTES, wrapped.length - TAG_BYTES)),
      };
      return this.withWrappingKey(version, (key) => open(key, associatedData(context, version), sealed));
    });
  }

  currentVersion(): string {
    return `${PREFIX}${this.ring.newest}`;
  }

  health(): Promise<KeyHealth> {
    return probeKeyProvider(this);
  }

  /** The master key itself encrypts nothing: a key derived for wrapping does, so that it may serve other ends later. */
  private withWrappingKey<T>(version: number, work: (key: Buffer) => T): T {
    const masterKey = this.ring.keys.get(version);
    if (masterKey === undefined) throw new DecryptionError();
    const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'weir/wrap-data-key/1', 32));
    try {
      return work(key);
    } finally {
      key.fill(0);
    }
  }
}

function associatedData(context: KeyContext, masterKeyVersion: number): Buffer {
  return new AssociatedData()
    .text('data-key')
    .uuid(context.organizationId)
    .optionalUuid(context.ownerUserId)
    .uint32(context.dataKeyNumber)
    .uint32(masterKeyVersion)
    .toBuffer();
}
