import type { INestApplicationContext } from '@nestjs/common';
import { AccountsAdministrationService } from '../../../api/src/modules/administration/accounts-administration.service';
import { GeneratedPasswords } from '../../../api/src/modules/administration/generated-passwords';
import { PasswordService } from '../../../api/src/modules/auth/password.service';
import { readEmail } from '../email';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Output } from '../output';
import { readName } from '../read-name';
import { readPassword } from '../read-password';

export interface UserAddOptions {
  readonly name: string;
  readonly passwordStdin?: boolean;
}

/** `weir user add`: an account as a sign-up makes it, whatever SIGNUP says. */
export async function userAdd(
  services: INestApplicationContext,
  output: Output,
  address: string,
  options: UserAddOptions,
  stdin: AsyncIterable<Buffer | string> = process.stdin,
): Promise<ExitCode> {
  const email = readEmail(address, 'user add');
  const name = readName(options.name);
  const chosen = options.passwordStdin === true ? await readPassword(stdin) : null;
  const { password, passwordHash } =
    chosen === null
      ? await services.get(GeneratedPasswords).generate()
      : {
          password: null,
          passwordHash: await services.get(PasswordService).hashNew(chosen, { email, name }, '/password'),
        };
  const ids = await services.get(AccountsAdministrationService).add({ email, name, passwordHash });
  output.result(
    { ...ids, email, name, ...(password === null ? {} : { password }) },
    password === null
      ? [`Made the account ${email} with the password that was given.`]
      : [
          `Made the account ${email} with the password ${password}`,
          'It is shown this once; its owner should change it after signing in.',
        ],
  );
  return EXIT.ok;
}
