import 'reflect-metadata';
import { CommanderError } from 'commander';
import { EXIT, UsageError, type ExitCode } from './exit-codes';
import { createProgram } from './program';

// Not process.exit: a result must still reach a slow pipe.
const finish = (code: ExitCode): void => {
  process.exitCode = code;
};

createProgram(finish)
  .parseAsync()
  .catch((error: unknown) => {
    // Commander has said it already; its help is a success.
    if (error instanceof CommanderError) {
      finish(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
      return;
    }
    process.stderr.write(`weir: ${messageOf(error)}\n`);
    // Here it is right: services that failed to start may have left connections that nobody closes.
    process.exit(error instanceof UsageError ? EXIT.usage : EXIT.failed);
  });

/** With the reason behind it: here the reader is the operator. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
