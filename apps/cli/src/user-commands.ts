import type { Command } from 'commander';
import { userAdd, type UserAddOptions } from './commands/user-add.command';
import { userDisable, userEnable } from './commands/user-disable.command';
import { userList } from './commands/user-list.command';
import { userReset } from './commands/user-reset.command';
import { withArgument, withExamples, type CommonOptions, type Finish, type WithOutput } from './declare';
import type { PageOptions } from './page-options';

/** `weir user …`: what an operator does with people's accounts. */
export function addUsers(users: Command, withOutput: WithOutput, finish: Finish): void {
  withExamples(users.command('list'), ['weir user list', 'weir user list --limit 1000 --json'])
    .description('List accounts, oldest first; the administrator is marked.')
    .option('--limit <number>', 'how many at most, up to 1000', '100')
    .option('--after <id>', 'go on behind this account')
    .option('--json', 'print the result as JSON')
    .action(withOutput<PageOptions & CommonOptions>(userList));
  withExamples(users.command('add'), [
    "weir user add ada@example.com --name 'Ada Lovelace'",
    'printf \'%s\' "$PASSWORD" | weir user add ada@example.com --name Ada --password-stdin',
  ])
    .description('Make an account, whatever SIGNUP says. Without a password one is made and shown once.')
    .argument('<email>', 'address of the account')
    .requiredOption('--name <name>', 'how others see the person')
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'print the result as JSON')
    .action(withArgument<UserAddOptions & CommonOptions>(finish, userAdd));
  withExamples(users.command('reset'), ['weir user reset ada@example.com'])
    .description('Replace the password by a generated one, shown once, and end every session.')
    .argument('<email>', 'address of the account')
    .option('--json', 'print the result as JSON')
    .action(withArgument<CommonOptions>(finish, userReset));
  withExamples(users.command('disable'), ['weir user disable ada@example.com'])
    .description('Refuse sign-in and end every session. Nothing is deleted.')
    .argument('<email>', 'address of the account')
    .option('--json', 'print the result as JSON')
    .action(withArgument<CommonOptions>(finish, userDisable));
  withExamples(users.command('enable'), ['weir user enable ada@example.com'])
    .description('Let a disabled person sign in again.')
    .argument('<email>', 'address of the account')
    .option('--json', 'print the result as JSON')
    .action(withArgument<CommonOptions>(finish, userEnable));
}
