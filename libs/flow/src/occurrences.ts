/** Shorter or plainer values (`admin`, `password`) would hit innocent words. */
const MIN_LENGTH = 8;

/**
 * Finds further copies of secrets that were taken out: in notes, cached outputs, code. Looks at every position once, however
 * many values there are, since both the values and the text come from whoever wrote the flow.
 */
export class Occurrences {
  /** First characters -> the values that begin so, by length (longest first). */
  private readonly byPrefix = new Map<string, Map<number, Set<string>>>();
  private readonly firstPairs = new Uint8Array(65_536);

  /** @param exempt texts that must stay, such as ids of nodes */
  constructor(private readonly exempt: ReadonlySet<string>) {}

  add(value: string): void {
    this.addText(value);
    this.addText(JSON.stringify(value).slice(1, -1));
  }

  private addText(text: string): void {
    if (text.length < MIN_LENGTH || this.exempt.has(text) || !isDistinctive(text)) return;
    const prefix = text.slice(0, MIN_LENGTH);
    const byLength = this.byPrefix.get(prefix) ?? new Map<number, Set<string>>();
    const values = byLength.get(text.length);
    this.firstPairs[pairAt(text, 0)] = 1;
    if (values !== undefined) {
      values.add(text);
      return;
    }
    // Longest first, so that a value that begins another one does not leave its tail behind.
    byLength.set(text.length, new Set([text]));
    this.byPrefix.set(prefix, new Map([...byLength].toSorted(([a], [b]) => b - a)));
  }

  /** The text with every copy replaced; the same string when there is none. */
  replaceIn(text: string, replacement: string): string {
    if (this.byPrefix.size === 0 || text.length < MIN_LENGTH) return text;
    let result = '';
    let end = 0;
    for (let at = 0; at <= text.length - MIN_LENGTH; at++) {
      if (this.firstPairs[pairAt(text, at)] === 0) continue;
      const found = this.valueAt(text, at);
      if (found === undefined) continue;
      result += text.slice(end, at) + replacement;
      end = at + found.length;
      at = end - 1;
    }
    return end === 0 ? text : result + text.slice(end);
  }

  private valueAt(text: string, at: number): string | undefined {
    const byLength = this.byPrefix.get(text.slice(at, at + MIN_LENGTH)) ?? [];
    for (const [length, values] of byLength) {
      const candidate = text.slice(at, at + length);
      if (values.has(candidate)) return candidate;
    }
    return undefined;
  }
}

function pairAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & 0xff) << 8) | (text.charCodeAt(at + 1) & 0xff);
}

/** Two kinds of characters at least: letters of both cases, digits, signs. */
function isDistinctive(text: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9\s]/].filter((kind) => kind.test(text));
  return kinds.length >= 2;
}
