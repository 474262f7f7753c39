const MAX_TITLE = 80;

/** A first message as the title of its conversation: one line, 80 characters at most; null when it says nothing. */
export function titleOf(content: string): string | null {
  const line = content.replaceAll(/[\s\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
  const title = [...line].slice(0, MAX_TITLE).join('').trim();
  return title === '' ? null : title;
}
