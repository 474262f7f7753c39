import type { DataKeyOwner, SealBinding, SealedValue } from '@weir/crypto';
import type { Actor } from '@weir/kernel';

/** Whose data key seals a value: the actor's own, or that of the organization. */
export type VaultOwner = 'user' | 'organization';

/** The place of a value: it opens nowhere else. */
export type ValuePlace = Pick<SealBinding, 'objectId' | 'name' | 'version'>;

/** The place of a stored value, with the data key that it was sealed with. */
export type SealedPlace = ValuePlace & Pick<SealBinding, 'dataKeyNumber'>;

/** What a row stores of a value. */
export interface StoredValue extends SealedValue {
  readonly dataKeyNumber: number;
}

export function ownerIdOf(actor: Actor, owner: VaultOwner): string | null {
  return owner === 'user' ? actor.userId : null;
}

export function dataKeyOwnerOf(actor: Actor, owner: VaultOwner): DataKeyOwner {
  return { organizationId: actor.organizationId, ownerUserId: ownerIdOf(actor, owner) };
}

/**
 * The name in the place of every engine credential: a person has one, so the row needs none. Part of what the ciphertext is
 * bound to, so whoever seals, opens or rotates one must use this.
 */
export const ENGINE_CREDENTIAL_NAME = 'engine-api-key';
