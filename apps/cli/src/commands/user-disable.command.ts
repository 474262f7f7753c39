import type { INestApplicationContext } from '@nestjs/common';
import { AccountAccessService } from '../../../api/src/modules/administration/account-access.service';
import { AccountsAdministrationService } from '../../../api/src/modules/administration/accounts-administration.service';
import { readEmail } from '../email';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Output } from '../output';

/** `weir user disable`: no sign-in and no session any more; everything that the person has stays. Twice is no change. */
export async function userDisable(
  services: INestApplicationContext,
  output: Output,
  address: string,
): Promise<ExitCode> {
  const email = readEmail(address, 'user disable');
  const account = await services.get(AccountsAdministrationService).get(email);
  const changed = await services.get(AccountAccessService).disable(account);
  output.result({ email, disabled: true, changed }, [
    changed
      ? `${email} is disabled; sessions end within 5 seconds. Nothing was deleted: 'weir user enable' undoes it.`
      : `${email} is disabled already; nothing was changed.`,
  ]);
  return EXIT.ok;
}

/** `weir user enable`: lets a disabled person sign in again. Twice is no change. */
export async function userEnable(
  services: INestApplicationContext,
  output: Output,
  address: string,
): Promise<ExitCode> {
  const email = readEmail(address, 'user enable');
  const account = await services.get(AccountsAdministrationService).get(email);
  const changed = await services.get(AccountAccessService).enable(account);
  output.result({ email, disabled: false, changed }, [
    changed ? `${email} may sign in again.` : `${email} is not disabled; nothing was changed.`,
  ]);
  return EXIT.ok;
}
