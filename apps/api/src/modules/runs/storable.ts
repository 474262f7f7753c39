const REPLACEMENT = '\ufffd';
/**
 * In the text that JSON.stringify makes, NUL and half a surrogate pair appear as escapes, and only they do so in these
 * forms. An escaped backslash is matched first, so that the letters behind it are not mistaken for an escape.
 */
const SUSPECT = /\\u(?:0000|d[89a-f])/;
const UNSTORABLE = /\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g;

/**
 * What an engine says may hold NUL or half a surrogate pair, which Postgres can write in no text: they become U+FFFD.
 * Otherwise a model could make its own run impossible to record.
 */
export function storable<T extends object>(value: T): T {
  const json = JSON.stringify(value);
  if (!SUSPECT.test(json)) return value;
  return JSON.parse(json.replace(UNSTORABLE, (found) => (found === '\\\\' ? found : REPLACEMENT)));
}

export function storableText(text: string): string {
  return text.replaceAll('\u0000', REPLACEMENT).toWellFormed();
}
