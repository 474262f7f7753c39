const PLACEHOLDER = '[redacted]';

/**
 * What credentials look like inside a sentence, where no field name gives them away: an error message of a library that
 * quotes an address, a header or a key. The patterns stop at quotes and backslashes, so the line stays the JSON it was.
 */
const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  [/(:\/\/[^\s"\\/@:]*):[^\s"\\/@]+@/g, `$1:${PLACEHOLDER}@`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/-]{8,}=*/gi, `$1 ${PLACEHOLDER}`],
  [/([?&][^=\s"\\&]*(?:token|key|secret|password|signature|code)=)[^&\s"\\#]+/gi, `$1${PLACEHOLDER}`],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, PLACEHOLDER],
  [/\b(?:sk|pk|rk|wk|xoxb|ghp|gho|AKIA)[-_][A-Za-z0-9_-]{12,}/g, PLACEHOLDER],
];

/** Invisible characters that JSON leaves alone but terminals and editors obey: DEL, C1 controls, line and bidi controls. */
const STEERING = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** The last step before a line is written: blanks credentials in free text and escapes what could forge the display. */
export function scrubLine(line: string): string {
  const scrubbed = CREDENTIALS.reduce(
    (text, [pattern, replacement]) => text.replace(pattern, replacement),
    line,
  );
  return scrubbed.replace(STEERING, toEscape);
}

/** The JSON escape of a character: ESC becomes `\u001b`, spelled out. */
export function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
