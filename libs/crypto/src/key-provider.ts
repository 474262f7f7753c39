import type { Bytes } from './bytes';

/** Whose data key is wrapped. A wrapped key opens only for the same owner and number. */
export interface KeyContext {
  readonly organizationId: string;
  /** The user within the organization, or null for the organization's own key. */
  readonly ownerUserId: string | null;
  /** Counts the owner's data keys from 1. */
  readonly dataKeyNumber: number;
}

/** A data key as it may be stored: the columns of a `data_keys` row. */
export interface WrappedKey {
  readonly wrapped: Bytes;
  /** Which master key wrapped it, e.g. `local:2` or the ARN of a KMS key. */
  readonly masterKeyVersion: string;
}

/** For `/readyz` and `weir doctor`. */
export interface KeyHealth {
  readonly ok: boolean;
  readonly provider: string;
  readonly currentVersion: string;
  /** Why not, for the operator; null when all is well. Never a key. */
  readonly reason: string | null;
}

/** Holds the master key, which never leaves it: data keys go in and come out wrapped. */
export interface KeyProvider {
  readonly name: string;
  /** @throws KeyProviderUnavailableError when the provider does not answer */
  wrap(plaintextKey: Uint8Array, context: KeyContext): Promise<WrappedKey>;
  /**
   * @throws DecryptionError when it was not wrapped by this provider for this context
   * @throws KeyProviderUnavailableError when the provider does not answer
   */
  unwrap(wrapped: WrappedKey, context: KeyContext): Promise<Buffer>;
  /** What `masterKeyVersion` new wrapped keys get. Rows with another one are due for rewrapping. */
  currentVersion(): string;
  /** Tries to wrap and unwrap. Never throws. */
  health(): Promise<KeyHealth>;
}
