import { newId } from '@weir/kernel';
import { LocalKeyProvider } from '../local-key-provider';
import { parseMasterKeys } from '../master-keys';
import { generateKeyText } from '../weak-key';

/** Master keys made up for one test file. */
export const KEY_ONE = `1:${generateKeyText()}`;
export const KEY_TWO = `2:${generateKeyText()}`;

export function localProvider(...keys: readonly string[]): LocalKeyProvider {
  return new LocalKeyProvider(parseMasterKeys(keys.join(',')));
}

export function someOwner(): { readonly organizationId: string; readonly ownerUserId: string } {
  return { organizationId: newId(), ownerUserId: newId() };
}
