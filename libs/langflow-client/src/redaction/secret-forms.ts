/** A text to look for. `wordOnly` patterns count only between characters that are no letter, digit or underscore. */
export interface SecretPattern {
  readonly text: string;
  readonly wordOnly: boolean;
}

/** Shorter than this, a pattern would hit innocent text everywhere, so it must stand alone. In characters of the pattern. */
const MIN_FREE_LENGTH = 4;

/** Encoded forms are looked for inside other text from this length on: below it, random base64 or hex would match. */
const MIN_FREE_ENCODED_LENGTH = 6;

/**
 * Every form in which one secret may come back: plain, escaped (JSON once and twice, ASCII-only JSON, Python), URL-encoded,
 * hexadecimal, base64 and base64url. Base64 is looked for in all three alignments, because `base64("user:" + secret)` does
 * not contain `base64(secret)`.
 *
 * Values shorter than four characters (and their encodings) are matched as whole words only; empty and blank values are
 * ignored, since they would match everything.
 */
export function secretForms(value: string): SecretPattern[] {
  if (value.trim() === '') return [];
  const patterns = new Map<string, boolean>();
  const add = (text: string, minFreeLength: number): void => {
    const wordOnly = text.length < minFreeLength;
    // A form that may match anywhere wins over the same text as a word.
    if (text !== '') patterns.set(text, wordOnly && patterns.get(text) !== false);
  };

  for (const text of [value, ...escapedForms(value), ...urlForms(value)]) add(text, MIN_FREE_LENGTH);
  // Keys are often pasted with a line break at the end, and providers echo them without it.
  add(value.trim(), MIN_FREE_LENGTH);

  const bytes = Buffer.from(value, 'utf8');
  for (const text of encodedForms(bytes)) add(text, MIN_FREE_ENCODED_LENGTH);
  for (const text of [0, 1, 2].flatMap((shift) => base64Core(bytes, shift))) {
    if (text.length >= MIN_FREE_ENCODED_LENGTH) add(text, MIN_FREE_ENCODED_LENGTH);
  }
  return [...patterns].map(([text, wordOnly]) => ({ text, wordOnly }));
}

function escapedForms(value: string): string[] {
  const json = jsonEscape(value);
  const ascii = asciiEscape(json);
  return [
    json,
    ascii,
    jsonEscape(json),
    jsonEscape(ascii),
    value.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
  ];
}

function jsonEscape(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** What Python's `json.dumps` makes of characters outside ASCII. */
function asciiEscape(text: string): string {
  return text.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `encodeURIComponent`, the stricter forms of Python's `quote` and `quote_plus`, and each with small hexadecimal digits. */
function urlForms(value: string): string[] {
  const loose = encodeURIComponent(value.toWellFormed());
  const strict = loose.replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [loose, strict, strict.replaceAll('%20', '+'), strict.replaceAll('%2F', '/')];
  return [...forms, ...forms.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

function encodedForms(bytes: Buffer): string[] {
  const hex = bytes.toString('hex');
  const base64 = bytes.toString('base64');
  return [hex, hex.toUpperCase(), base64, base64.replace(/=+$/, ''), bytes.toString('base64url')];
}

/**
 * The characters of a base64 text that are the same whatever stands before (`shift` bytes) and after the value, in both
 * alphabets.
 */
function base64Core(bytes: Buffer, shift: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
  const firstOwn = Math.ceil((shift * 8) / 6);
  const lastOwn = Math.floor((padded.length * 8) / 6);
  const core = padded.toString('base64').slice(firstOwn, lastOwn);
  return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
}
