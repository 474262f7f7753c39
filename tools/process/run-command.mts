import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the command; the promise then rejects. */
  readonly signal?: AbortSignal;
  /** Called with every line that the command prints, as it comes. */
  readonly onLine?: (line: string) => void;
  /** Text for its standard input. */
  readonly input?: string;
  /** Run as this user and group of the operating system (only root can). */
  readonly uid?: number;
  readonly gid?: number;
}

/** A command failed. The message holds its last lines, because nobody saw them. */
export class CommandError extends Error {
  readonly output: readonly string[];
  /** It was ended by the caller's signal. */
  readonly aborted: boolean;

  constructor(command: string, ending: string, output: readonly string[], aborted: boolean) {
    super([`${command} failed (${ending}).`, ...output.slice(-15).map((line) => `  ${line}`)].join('\n'));
    this.name = 'CommandError';
    this.output = output;
    this.aborted = aborted;
  }
}

const KEPT_LINES = 200;

/**
 * Runs a command to its end, without a terminal.
 * @returns its last lines, standard output and standard error in the order in which they came
 * @throws CommandError when it cannot be started, fails or is aborted
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<readonly string[]> {
  const { onLine, input, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    const keep = (line: string): void => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      onLine?.(line);
    };
    const child = spawn(command, args, { ...spawnOptions, stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: child.stdout }).on('line', keep);
    createInterface({ input: child.stderr }).on('line', keep);
    child.stdin.on('error', () => undefined); // it may end without reading
    child.stdin.end(input ?? '');
    const name = [command, ...args.slice(0, 2)].join(' ');
    const fail = (ending: string): void =>
      reject(new CommandError(name, ending, lines, options.signal?.aborted === true));
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, endSignal) => {
      if (code === 0) resolve(lines);
      else fail(endSignal ?? `exit code ${code ?? 'unknown'}`);
    });
  });
}
