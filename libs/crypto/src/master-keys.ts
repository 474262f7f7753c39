import { KeyConfigurationError } from './crypto.errors';
import { parseKeyList } from './key-list';

/** The versions of the master key. The newest one wraps, all unwrap. */
export interface MasterKeyRing {
  readonly newest: number;
  readonly keys: ReadonlyMap<number, Buffer>;
}

const VARIABLE = 'MASTER_KEYS';
const MASTER_KEY_BYTES = 32;
const VERSION = /^[1-9]\d{0,8}$/;

/**
 * Reads `1:base64key,2:base64key` (or one a line). The highest number is the newest; the order does not matter.
 * @throws KeyConfigurationError naming `MASTER_KEYS` when it is missing or a key is malformed, weak or an example
 */
export function parseMasterKeys(text: string): MasterKeyRing {
  const keys = new Map<number, Buffer>();
  for (const { label, key } of parseKeyList(VARIABLE, text)) {
    if (!VERSION.test(label)) {
      throw new KeyConfigurationError(VARIABLE, `names a key '${label}', but versions are numbers from 1`);
    }
    if (key.length !== MASTER_KEY_BYTES) {
      throw new KeyConfigurationError(
        VARIABLE,
        `key '${label}' is ${key.length} bytes long, but exactly ${MASTER_KEY_BYTES} are needed`,
      );
    }
    keys.set(Number(label), key);
  }
  return { newest: Math.max(...keys.keys()), keys };
}
