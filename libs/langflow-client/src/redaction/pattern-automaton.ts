import type { SecretPattern } from './secret-forms';

const ROOT = 0;
const NONE = -1;

/**
 * Finds all patterns in one pass (Aho and Corasick, 1975): time grows with the text only, however many secrets and forms
 * there are, and no input can make it slow. After each character {@link depthOf} the state tells how many of the last
 * characters may still become a match, which is exactly what a stream must hold back.
 *
 * Works on UTF-16 code units. Nodes are parallel arrays (first child, next sibling) because a secret may be a long
 * certificate and every run builds its own automaton.
 */
export class PatternAutomaton {
  private readonly code: number[] = [0];
  private readonly child: number[] = [NONE];
  private readonly sibling: number[] = [NONE];
  private readonly fail: number[] = [ROOT];
  private readonly depth: number[] = [0];
  /** Length of the longest pattern that ends here and may stand anywhere; 0 for none. */
  private readonly freeLength: number[] = [0];
  /** Lengths of the patterns that end here and must be whole words, longest first. */
  private readonly wordLengths = new Map<number, readonly number[]>();
  /** The root has many children; this avoids walking them for every character. */
  private readonly rootChildren = new Map<number, number>();

  constructor(patterns: readonly SecretPattern[]) {
    for (const pattern of patterns) this.insert(pattern);
    this.link();
  }

  get isEmpty(): boolean {
    return this.code.length === 1;
  }

  /** The state after one more code unit. State 0 is the start. */
  step(state: number, code: number): number {
    let from = state;
    while (from !== ROOT) {
      const next = this.childOf(from, code);
      if (next !== NONE) return next;
      from = this.fail[from] ?? ROOT;
    }
    return this.rootChildren.get(code) ?? ROOT;
  }

  depthOf(state: number): number {
    return this.depth[state] ?? 0;
  }

  freeLengthAt(state: number): number {
    return this.freeLength[state] ?? 0;
  }

  wordLengthsAt(state: number): readonly number[] {
    return this.wordLengths.get(state) ?? [];
  }

  private insert({ text, wordOnly }: SecretPattern): void {
    let node = ROOT;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      const next = this.childOf(node, code);
      node = next === NONE ? this.addChild(node, code) : next;
    }
    if (wordOnly) this.wordLengths.set(node, [text.length]);
    else this.freeLength[node] = text.length;
  }

  private childOf(node: number, code: number): number {
    if (node === ROOT) return this.rootChildren.get(code) ?? NONE;
    let next = this.child[node] ?? NONE;
    while (next !== NONE && this.code[next] !== code) next = this.sibling[next] ?? NONE;
    return next;
  }

  private addChild(parent: number, code: number): number {
    const node = this.code.length;
    this.code.push(code);
    this.child.push(NONE);
    this.sibling.push(this.child[parent] ?? NONE);
    this.fail.push(ROOT);
    this.depth.push(this.depthOf(parent) + 1);
    this.freeLength.push(0);
    this.child[parent] = node;
    if (parent === ROOT) this.rootChildren.set(code, node);
    return node;
  }

  /** Breadth first: a node's fail link is the longest other beginning of a pattern that ends the same way. */
  private link(): void {
    const queue: number[] = [...this.rootChildren.values()];
    for (let head = 0; head < queue.length; head++) {
      const node = queue[head] ?? ROOT;
      for (let next = this.child[node] ?? NONE; next !== NONE; next = this.sibling[next] ?? NONE) {
        const fail = this.step(this.fail[node] ?? ROOT, this.code[next] ?? 0);
        this.fail[next] = fail;
        if (this.freeLengthAt(next) === 0) this.freeLength[next] = this.freeLengthAt(fail);
        const words = [...this.wordLengthsAt(next), ...this.wordLengthsAt(fail)];
        if (words.length > 0) this.wordLengths.set(next, words);
        queue.push(next);
      }
    }
  }
}
