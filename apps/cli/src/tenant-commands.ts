import type { Command } from 'commander';
import { tenantAdd, type TenantAddOptions } from './commands/tenant-add.command';
import { tenantList } from './commands/tenant-list.command';
import { tenantShow } from './commands/tenant-show.command';
import { tenantResume, tenantSuspend, type TenantSuspendOptions } from './commands/tenant-suspend.command';
import { withArgument, withExamples, type CommonOptions, type Finish, type WithOutput } from './declare';
import type { PageOptions } from './page-options';

const SLUG_OR_ID = 'slug (present or former) or id of the organization';

/** `weir tenant …`: what an operator does with organizations. */
export function addTenants(tenants: Command, withOutput: WithOutput, finish: Finish): void {
  withExamples(tenants.command('list'), ['weir tenant list', 'weir tenant list --limit 1000 --json'])
    .description('List organizations, oldest first.')
    .option('--limit <number>', 'how many at most, up to 1000', '100')
    .option('--after <id>', 'go on behind this organization')
    .option('--json', 'print the result as JSON')
    .action(withOutput<PageOptions & CommonOptions>(tenantList));
  withExamples(tenants.command('show'), ['weir tenant show acme'])
    .description('Show one organization, who owns it and how many members it has.')
    .argument('<organization>', SLUG_OR_ID)
    .option('--json', 'print the result as JSON')
    .action(withArgument<CommonOptions>(finish, tenantShow));
  withExamples(tenants.command('add'), [
    "weir tenant add --name 'Acme Ltd' --slug acme --owner ada@example.com",
  ])
    .description('Make a team organization for an account that exists.')
    .requiredOption('--name <name>', 'how people see it')
    .requiredOption('--slug <slug>', '3 to 63 lower-case letters, digits and hyphens')
    .requiredOption('--owner <email>', 'address of its first owner')
    .option('--json', 'print the result as JSON')
    .action(withOutput<TenantAddOptions & CommonOptions>(tenantAdd));
  withExamples(tenants.command('suspend'), ["weir tenant suspend acme --reason 'invoice unpaid'"])
    .description('Refuse runs and changes; members still sign in and read. Nothing is deleted.')
    .argument('<organization>', SLUG_OR_ID)
    .requiredOption('--reason <text>', 'why; the members see it')
    .option('--json', 'print the result as JSON')
    .action(withArgument<TenantSuspendOptions & CommonOptions>(finish, tenantSuspend));
  withExamples(tenants.command('resume'), ['weir tenant resume acme'])
    .description('Lift a suspension.')
    .argument('<organization>', SLUG_OR_ID)
    .option('--json', 'print the result as JSON')
    .action(withArgument<CommonOptions>(finish, tenantResume));
}
