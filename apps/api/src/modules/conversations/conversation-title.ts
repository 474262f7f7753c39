const MAX_TITLE = 80;

/** A first message as the title of its conversation: one line, 80 characters at most; null when it says nothing. */
export function titleOf(content: string): string | null {
  const line = content.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  const title = Array.from(line.slice(0, 2 * MAX_TITLE))
    .slice(0, MAX_TITLE)
    .join('')
    .trim();
  return title === '' ? null : title;
}
