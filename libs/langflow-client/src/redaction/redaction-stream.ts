import type { PatternAutomaton } from './pattern-automaton';

/** Half-open range of positions in the whole stream. */
interface Range {
  readonly start: number;
  readonly end: number;
}

const WORD = /[A-Za-z0-9_]/;

/**
 * Redacts text that arrives in pieces. `push` answers what is certain; it holds back only a tail that may be the beginning
 * of a secret, and `flush` gives that out at the end.
 */
export class RedactionStream {
  private state = 0;
  /** Position in the stream of the first character of `held`. */
  private heldFrom = 0;
  private held = '';
  /** The character before `held`; decides whether a word begins there. */
  private before = '';
  /** Found, in order, not overlapping; not given out yet. */
  private found: Range[] = [];
  /** Whole-word candidates that end at the last character: the next one decides. */
  private candidates: Range[] = [];

  constructor(
    private readonly automaton: PatternAutomaton,
    private readonly replacement: string,
  ) {}

  push(chunk: string): string {
    const first = this.held.length;
    this.held += chunk;
    for (let index = first; index < this.held.length; index++) this.read(index);
    return this.take(this.certainUntil());
  }

  flush(): string {
    this.confirmCandidates('');
    this.state = 0;
    return this.take(this.heldFrom + this.held.length);
  }

  private read(index: number): void {
    const character = this.held.charAt(index);
    if (this.candidates.length > 0) this.confirmCandidates(character);
    this.state = this.automaton.step(this.state, character.charCodeAt(0));
    const end = this.heldFrom + index + 1;
    const length = this.automaton.freeLengthAt(this.state);
    if (length > 0) this.addFound({ start: end - length, end });
    for (const wordLength of this.automaton.wordLengthsAt(this.state)) {
      const start = end - wordLength;
      if (!WORD.test(this.charBefore(start))) this.candidates.push({ start, end });
    }
  }

  private confirmCandidates(next: string): void {
    if (!WORD.test(next)) for (const range of this.candidates) this.addFound(range);
    this.candidates = [];
  }

  private charBefore(position: number): string {
    const index = position - this.heldFrom - 1;
    return index < 0 ? this.before : this.held.charAt(index);
  }

  /**
   * Ends never go back, so only the last ranges can overlap a new one. Ranges that merely touch stay apart: whether they
   * come in one piece or in two must not change the result.
   */
  private addFound(range: Range): void {
    let { start } = range;
    let last = this.found.at(-1);
    while (last !== undefined && last.end > start) {
      start = Math.min(start, last.start);
      this.found.pop();
      last = this.found.at(-1);
    }
    this.found.push({ start, end: range.end });
  }

  /** Everything before this position can no longer be part of a match, nor of a range that still grows. */
  private certainUntil(): number {
    const read = this.heldFrom + this.held.length;
    const open = Math.min(
      read - this.automaton.depthOf(this.state),
      ...this.candidates.map(({ start }) => start),
    );
    return this.found.find((range) => range.start < open && range.end > open)?.start ?? open;
  }

  private take(until: number): string {
    let output = '';
    let position = this.heldFrom;
    while (this.found[0] !== undefined && this.found[0].end <= until) {
      const range = this.found[0];
      output += this.held.slice(position - this.heldFrom, range.start - this.heldFrom) + this.replacement;
      position = range.end;
      this.found.shift();
    }
    output += this.held.slice(position - this.heldFrom, until - this.heldFrom);
    const taken = until - this.heldFrom;
    if (taken > 0) this.before = this.held.charAt(taken - 1);
    this.held = this.held.slice(taken);
    this.heldFrom = until;
    return output;
  }
}
