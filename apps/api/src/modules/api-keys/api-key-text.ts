import { hashToken, newToken } from '@weir/crypto';
import { isUuid } from '@weir/kernel';

const SHAPE = /^wk_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

/** What everybody may see of a key: enough to find it again among others. */
export function prefixOf(id: string): string {
  return `wk_${id.replaceAll('-', '')}`;
}

/** `wk_<id>_<256 random bits>`: the prefix lets scanners of leaked secrets recognise it. */
export function newApiKey(id: string): string {
  return `${prefixOf(id)}_${newToken()}`;
}

/** The id in a key; null when it is not the text of a key at all. */
export function idOfApiKey(key: string): string | null {
  const id = SHAPE.exec(key)?.slice(1).join('-') ?? '';
  return isUuid(id) ? id : null;
}

/** The form in which a key is stored. */
export function hashApiKey(key: string): Buffer {
  return Buffer.from(hashToken(key), 'hex');
}
