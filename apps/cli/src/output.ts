import type { JsonObject } from '@weir/kernel';

/** Where a command speaks: results on standard output, what happens meanwhile on standard error. */
export interface Output {
  progress(line: string): void;
  /** @param lines the same as `value`, for people */
  result(value: JsonObject, lines: readonly string[]): void;
}

/** What a process has: anything that takes text. */
export interface TextSinks {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** @param json results as one JSON object on one line, for programs */
export function createOutput(json: boolean, { stdout, stderr }: TextSinks = process): Output {
  return {
    progress: (line) => void stderr.write(`${line}\n`),
    result: (value, lines) =>
      void stdout.write(json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join('')),
  };
}
