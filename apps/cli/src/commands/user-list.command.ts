import type { INestApplicationContext } from '@nestjs/common';
import type { ListedAccount } from '../../../api/src/modules/administration/accounts-administration.repository';
import { AccountsAdministrationService } from '../../../api/src/modules/administration/accounts-administration.service';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Output } from '../output';
import { readPageOptions, type PageOptions } from '../page-options';
import { toTable } from '../table';

/** `weir user list`: accounts in the order in which they were made, a page at a time. */
export async function userList(
  services: INestApplicationContext,
  output: Output,
  options: PageOptions,
): Promise<ExitCode> {
  const { limit, after } = readPageOptions(options, 'an account');
  const { accounts, next } = await services.get(AccountsAdministrationService).list(limit, after);
  output.result({ users: accounts.map(toJson), next }, [
    ...toTable([['address', 'name', 'made', 'last used', 'state'], ...accounts.map(toCells)]),
    ...(next === null ? [] : [`There are more: weir user list --after ${next}`]),
  ]);
  return EXIT.ok;
}

function toJson({ userId, createdAt, lastUsedAt, disabledAt, email, name, isAdministrator }: ListedAccount) {
  return {
    id: userId,
    email,
    name,
    administrator: isAdministrator,
    disabled: disabledAt !== null,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}

function toCells({ email, name, isAdministrator, disabledAt, createdAt, lastUsedAt }: ListedAccount) {
  const state = [isAdministrator ? 'administrator' : '', disabledAt === null ? '' : 'disabled'];
  return [
    email,
    name,
    toDay(createdAt),
    lastUsedAt === null ? 'never' : toDay(lastUsedAt),
    state.filter((word) => word !== '').join(', '),
  ];
}

function toDay(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
