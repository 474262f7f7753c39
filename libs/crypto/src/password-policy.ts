import { isCommonPassword, withoutLookalikes } from './common-passwords';
import { MAXIMUM_PASSWORD_BYTES, normalizePassword, passwordBytes } from './password';
import { effectiveLength, repeatedUnit } from './predictable-text';

/** Characters (code points after NFC). */
export const MINIMUM_PASSWORD_LENGTH = 12;

/** What an attacker who knows the account would try first. */
export interface PasswordContext {
  readonly email: string;
  readonly name: string | null;
  readonly productName: string;
}

export interface PasswordProblem {
  readonly code: 'invalid_text' | 'too_short' | 'too_long' | 'common' | 'predictable' | 'personal';
  /** A full sentence for the person who chooses the password; never quotes it. */
  readonly reason: string;
}

/** A word of the context shorter than this is in too many innocent passwords. */
const SHORTEST_CONTEXT_WORD = 4;
/** What must remain to be thought of when words of the context are taken out. */
const MINIMUM_BESIDE_CONTEXT = 8;
const MINIMUM_EFFECTIVE_LENGTH = 6;

/**
 * Judges a password that somebody chooses, at sign-up, change and reset alike. No composition rules: length and not being
 * guessable are what counts (NIST SP 800-63B section 3.1.1.2, ASVS 6.2).
 * @returns every problem with its reason; empty when the password may be used
 */
export function checkPassword(password: string, context: PasswordContext): readonly PasswordProblem[] {
  if (!password.isWellFormed())
    return [{ code: 'invalid_text', reason: 'The password is not valid Unicode text.' }];
  const bytes = passwordBytes(password);
  if (bytes > MAXIMUM_PASSWORD_BYTES) {
    const reason = `The password is ${bytes} bytes long; at most ${MAXIMUM_PASSWORD_BYTES} are possible, and it is never cut.`;
    return [{ code: 'too_long', reason }];
  }
  const text = normalizePassword(password);
  const length = Array.from(text).length;
  const problems: PasswordProblem[] = [];
  if (length < MINIMUM_PASSWORD_LENGTH) {
    const reason = `The password has ${length} characters; use at least ${MINIMUM_PASSWORD_LENGTH}.`;
    problems.push({ code: 'too_short', reason });
  }
  if (isPredictable(text)) {
    const reason = 'The password mostly repeats itself or follows the alphabet, numbers or the keyboard.';
    problems.push({ code: 'predictable', reason });
  } else if (isCommonPassword(text)) {
    const reason =
      'The password is on the list of common and breached passwords, or too close to one that is.';
    problems.push({ code: 'common', reason });
  }
  if (isPersonal(text, context)) {
    const reason = `The password is mostly your e-mail address, your name or the name ${context.productName}.`;
    problems.push({ code: 'personal', reason });
  }
  return problems;
}

function isPredictable(text: string): boolean {
  const unit = repeatedUnit(text);
  if (unit !== null && Array.from(unit).length < MINIMUM_PASSWORD_LENGTH) return true;
  return text !== '' && effectiveLength(text) < MINIMUM_EFFECTIVE_LENGTH;
}

function isPersonal(text: string, context: PasswordContext): boolean {
  const words = contextWords(context);
  const lower = text.toLowerCase();
  return [lower, withoutLookalikes(lower)].some((reading) => {
    const rest = words.reduce((remaining, word) => remaining.replaceAll(word, ''), reading);
    if (rest === reading) return false;
    return effectiveLength(lettersAndDigits(rest)) < MINIMUM_BESIDE_CONTEXT || isCommonPassword(rest);
  });
}

/** Longest first, so that the whole address is taken out before its parts. */
function contextWords({ email, name, productName }: PasswordContext): readonly string[] {
  const [localPart = ''] = email.split('@');
  const wholes = [email, localPart, name ?? '', productName];
  const parts = wholes.flatMap((whole) => whole.split(/[^\p{L}\p{N}]+/u));
  const words = [...wholes, ...wholes.map(lettersAndDigits), ...parts].map((word) =>
    normalizePassword(word).toLowerCase(),
  );
  return [...new Set([...words, ...words.map(withoutLookalikes)])]
    .filter((word) => Array.from(word).length >= SHORTEST_CONTEXT_WORD)
    .toSorted((left, right) => right.length - left.length);
}

function lettersAndDigits(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '');
}
