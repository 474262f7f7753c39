/** Undoes a start in the opposite order; once, however often and from wherever it is asked for. */
export class Shutdown {
  readonly #steps: (() => Promise<void> | void)[] = [];
  #running: Promise<void> | undefined;

  /** Adds what is to be done before everything that was added so far. */
  add(step: () => Promise<void> | void): void {
    this.#steps.unshift(step);
  }

  get started(): boolean {
    return this.#running !== undefined;
  }

  /** A step that fails does not keep the others from being done. */
  run(): Promise<void> {
    this.#running ??= this.#runSteps();
    return this.#running;
  }

  async #runSteps(): Promise<void> {
    for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) {
      try {
        await step();
      } catch (error) {
        process.stderr.write(`while stopping: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  }
}
