import type { INestApplicationContext } from '@nestjs/common';
import { loadConfig } from '@weir/config';
import type { Command } from 'commander';
import type { ExitCode } from './exit-codes';
import { createOutput, type Output } from './output';
import { withServices } from './services';

/** What every command understands. */
export interface CommonOptions {
  readonly json?: boolean;
}

/** Called with the exit code of the command that ran. */
export type Finish = (code: ExitCode) => void;

export type ServiceCommand<Options> = (
  services: INestApplicationContext,
  output: Output,
  options: Options,
) => Promise<ExitCode>;

/** Makes the action of a command that takes options alone. */
export type WithOutput = <Options extends CommonOptions>(
  command: ServiceCommand<Options>,
) => (options: Options) => Promise<void>;

type ArgumentCommand<Options> = (
  services: INestApplicationContext,
  output: Output,
  argument: string,
  options: Options,
) => Promise<ExitCode>;

/** The action of a command that names what it is about: an address, a slug. */
export function withArgument<Options extends CommonOptions>(
  finish: Finish,
  command: ArgumentCommand<Options>,
): (argument: string, options: Options) => Promise<void> {
  return async (argument, options) => {
    const output = createOutput(options.json === true);
    finish(await withServices(loadConfig(), (services) => command(services, output, argument, options)));
  };
}

export function withExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`,
  );
}
