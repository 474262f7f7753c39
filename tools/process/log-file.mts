import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { scrubLine } from '../../libs/logging/src/scrub-line.ts';

const MAX_BYTES = 5_000_000;

/** A log of bounded size: at five megabytes the file becomes `<name>.1`, replacing the one before. */
export class LogFile {
  readonly path: string;
  #size: number;
  readonly #recent: string[] = [];

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.path = path;
    this.#size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Appends a line, without what looks like a credential: a provider may echo a key, and the engine logs that. */
  write(line: string): void {
    const text = scrubLine(withoutColours(line));
    this.#recent.push(text);
    if (this.#recent.length > 20) this.#recent.shift();
    if (this.#size > MAX_BYTES) {
      renameSync(this.path, `${this.path}.1`);
      this.#size = 0;
    }
    appendFileSync(this.path, `${text}\n`, { mode: 0o600 });
    this.#size += Buffer.byteLength(text) + 1;
  }

  /** Writes everything that comes out of a process. */
  follow(...streams: readonly (Readable | null)[]): void {
    for (const stream of streams) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.write(line));
    }
  }

  /** The last lines since this start that say something. */
  recent(count: number): readonly string[] {
    return this.#recent.filter((line) => line.trim() !== '').slice(-count);
  }
}

function withoutColours(line: string): string {
  // oxlint-disable-next-line no-control-regex -- colours are control sequences
  return line.replace(/\u001b\[[0-9;]*m/g, '');
}
