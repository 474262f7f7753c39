import type { INestApplicationContext } from '@nestjs/common';
import { AccountAccessService } from '../../../api/src/modules/administration/account-access.service';
import { AccountsAdministrationService } from '../../../api/src/modules/administration/accounts-administration.service';
import { GeneratedPasswords } from '../../../api/src/modules/administration/generated-passwords';
import { readEmail } from '../email';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Output } from '../output';

/** `weir user reset`: a new password, shown once; every session of the person is over (F32). */
export async function userReset(
  services: INestApplicationContext,
  output: Output,
  address: string,
): Promise<ExitCode> {
  const email = readEmail(address, 'user reset');
  const account = await services.get(AccountsAdministrationService).get(email);
  const { password, passwordHash } = await services.get(GeneratedPasswords).generate();
  const endedSessions = await services.get(AccountAccessService).resetPassword(account, passwordHash);
  const disabled = account.disabledAt !== null;
  output.result({ email, password, endedSessions, disabled }, [
    `The password of ${email} is now ${password}`,
    `It is shown this once. ${endedSessions} sessions were ended.`,
    ...(disabled ? [`The account is still disabled: 'weir user enable ${email}' lets it sign in.`] : []),
  ]);
  return EXIT.ok;
}
