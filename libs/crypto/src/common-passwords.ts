import list from './data/common-passwords.json';
import { effectiveLength } from './predictable-text';

const WHOLE: ReadonlySet<string> = new Set(list.whole);
const BASES: ReadonlySet<string> = new Set(list.bases);
/** The list is sorted by frequency. Only its head is combined: two rare words are no longer a guess. */
const MOST_COMMON: ReadonlySet<string> = new Set(list.bases.slice(0, 2000));
const SHORTEST_BASE = 5;
/** So many characters around a common password do not make it uncommon. */
const LONGEST_PADDING = 8;

const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({ 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's', '!': 'i', '€': 'e' }),
);

/** Reads digits and symbols as the letters they stand for: "P@ssw0rd" is "password". */
export function withoutLookalikes(lowerCase: string): string {
  return Array.from(lowerCase, (character) => LOOKALIKES.get(character) ?? character).join('');
}

/**
 * Tells whether a password is a common or breached one, or is made of one by adding digits and symbols, replacing
 * letters by lookalikes, or joining two.
 */
export function isCommonPassword(password: string): boolean {
  const text = password.toLowerCase();
  if (WHOLE.has(text) || WHOLE.has(withoutLookalikes(text))) return true;
  return cores(text).some((core) => {
    const padding = text.length - core.length;
    if (padding > LONGEST_PADDING && effectiveLength(text) - effectiveLength(core) > LONGEST_PADDING)
      return false;
    return BASES.has(core) || isPairOfMostCommon(core);
  });
}

/** What remains when everything around or between the letters is taken away, in each plausible reading. */
function cores(text: string): readonly string[] {
  const trimmed = text.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '');
  const trimmedAtEnd = text.replace(/[^\p{L}]+$/u, '');
  const onlyLetters = text.replace(/[^\p{L}]+/gu, '');
  return [trimmed, withoutLookalikes(trimmed), withoutLookalikes(trimmedAtEnd), onlyLetters];
}

function isPairOfMostCommon(core: string): boolean {
  for (let cut = SHORTEST_BASE; cut <= core.length - SHORTEST_BASE; cut += 1) {
    if (MOST_COMMON.has(core.slice(0, cut)) && MOST_COMMON.has(core.slice(cut))) return true;
  }
  return false;
}
