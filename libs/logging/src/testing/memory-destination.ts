/** Collects what a logger writes, as written. */
export class MemoryDestination {
  private readonly written: string[] = [];

  write(text: string): void {
    this.written.push(text);
  }

  get text(): string {
    return this.written.join('');
  }

  /** Every line, parsed; throws when one is not JSON. */
  get lines(): Record<string, unknown>[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  get last(): Record<string, unknown> {
    return this.lines.at(-1) ?? {};
  }
}
