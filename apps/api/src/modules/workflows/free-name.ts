const MAX_LENGTH = 200;
const NUMBERED = / \((\d{1,6})\)$/;

/** `name` itself when it is free, else `name (2)`, `name (3)` …; cut so that the number fits into the 200 characters of a name. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const stem = name.replace(NUMBERED, '');
  for (let number = 2; ; number++) {
    const suffix = ` (${number})`;
    const candidate = `${cut(stem, MAX_LENGTH - suffix.length)}${suffix}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** At most `length` UTF-16 units, never half a surrogate pair. */
function cut(text: string, length: number): string {
  const end = /[\ud800-\udbff]$/.test(text.slice(0, length)) ? length - 1 : length;
  return text.slice(0, end);
}
