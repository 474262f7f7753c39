/** Prints one plain line a step, with the seconds since the start: `   4 s  database  PostgreSQL on port 41234`. */
export class Progress {
  readonly #started = performance.now();
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void = (line) => process.stdout.write(`${line}\n`)) {
    this.#write = write;
  }

  /** @param subject what the line is about: `database`, `engine`, `api` … */
  step(subject: string, text: string): void {
    const seconds = Math.floor(this.elapsedMs() / 1000);
    const [first = '', ...rest] = text.split('\n');
    this.#write(`${String(seconds).padStart(4)} s  ${subject.padEnd(8)}  ${first}`);
    for (const line of rest) this.#write(`${' '.repeat(18)}${line}`);
  }

  /** Text as it is: what somebody may want to copy. */
  plain(text: string): void {
    this.#write(text);
  }

  elapsedMs(): number {
    return performance.now() - this.#started;
  }
}
