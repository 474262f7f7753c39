import { MASK, providerNamed, providerOfSecret } from '@weir/flow';
import { invalidInput } from '@weir/kernel';

export const MAX_VALUE_BYTES = 64 * 1024;
/** The end of a shorter value would give away too much of it. */
const SHORTEST_WITH_LAST_FOUR = 12;

/**
 * Any text may be a secret, except one that cannot be given back unchanged, and the mask that stands for "unchanged".
 * @throws AppError 422 with the pointer `/value`
 */
export function checkSecretValue(value: string): void {
  const problem = problemOf(value);
  if (problem === null) return;
  throw invalidInput(`The value ${problem}.`, [{ pointer: '/value', detail: problem }]);
}

function problemOf(value: string): string | null {
  if (value === '') return 'must not be empty; delete the secret instead';
  if (value.trim() === MASK) return `is the mask that stands in for a hidden value; send the real one`;
  if (!value.isWellFormed()) return 'is not valid Unicode text';
  const bytes = Buffer.byteLength(value, 'utf8');
  return bytes > MAX_VALUE_BYTES ? `is ${bytes} bytes long, but at most ${MAX_VALUE_BYTES} are taken` : null;
}

/** What a list shows of a value, so that its owner can tell two keys apart; null for short ones. */
export function lastFourOf(value: string): string | null {
  const characters = Array.from(value);
  return characters.length >= SHORTEST_WITH_LAST_FOUR ? characters.slice(-4).join('') : null;
}

/**
 * The id of the provider that somebody named, or else the one that the secret's name tells.
 * @throws AppError 422 with the pointer `/provider` for an unknown one
 */
export function resolveProvider(secretName: string, named: string | undefined): string | null {
  if (named === undefined) return providerOfSecret(secretName)?.id ?? null;
  const provider = providerNamed(named);
  if (provider !== null) return provider.id;
  throw invalidInput(`There is no provider '${named}'. GET /v1/secrets/providers lists them.`, [
    { pointer: '/provider', detail: 'is not a known provider' },
  ]);
}
