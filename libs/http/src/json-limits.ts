export interface JsonLimits {
  /** Objects and arrays inside each other. */
  readonly maxDepth: number;
  /** Members of all objects and arrays together. */
  readonly maxMembers: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Looks at the shape of JSON before anything parses it, in one pass that stops at the first excess. Validation recurses
 * over what was parsed: 10,000 levels exhaust its stack, and 20,000 unknown fields took it more than a second.
 * @returns false when the text exceeds the limits; text that is no JSON may pass, the parser refuses it
 */
export function jsonIsWithin(text: string, { maxDepth, maxMembers }: JsonLimits): boolean {
  let depth = 0;
  let members = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = endOfString(text, index);
    } else if (OPENING.has(code)) {
      depth += 1;
      members += 1;
    } else if (CLOSING.has(code)) {
      depth -= 1;
    } else if (code === COMMA) {
      members += 1;
    }
    if (depth > maxDepth || members > maxMembers) return false;
  }
  return true;
}

/** Index of the closing quote; the end of the text when there is none. Long texts are skipped at the speed of `indexOf`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(index - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
