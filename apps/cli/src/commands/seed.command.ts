import type { INestApplicationContext } from '@nestjs/common';
import { assertNever } from '@weir/kernel';
import { AdministratorService } from '../administrator.service';
import { readEmail } from '../email';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Output } from '../output';

export interface SeedOptions {
  readonly email: string;
}

/** `weir seed`: the first administrator. Twice is no change. */
export async function seed(
  services: INestApplicationContext,
  output: Output,
  options: SeedOptions,
): Promise<ExitCode> {
  const email = readEmail(options.email, '--email');
  const outcome = await services.get(AdministratorService).ensure(email);
  const { state } = outcome;
  switch (state) {
    case 'created':
      output.result({ state, email, password: outcome.password }, [
        `Made the administrator ${email} with the password ${outcome.password}`,
        'It is shown this once; change it after signing in.',
      ]);
      return EXIT.ok;
    case 'present':
      output.result({ state, email }, [`The administrator ${email} is there already; nothing was changed.`]);
      return EXIT.ok;
    case 'other_administrator':
      output.result({ state, email }, [
        'This installation has an administrator already; nothing was changed.',
      ]);
      return EXIT.ok;
    case 'address_taken':
      output.result({ state, email }, [
        `${email} belongs to an account that is not the administrator's; nothing was changed. Name another address with --email.`,
      ]);
      return EXIT.failed;
    default:
      return assertNever(state);
  }
}
