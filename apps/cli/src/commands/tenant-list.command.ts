import type { INestApplicationContext } from '@nestjs/common';
import { OrganizationOperations } from '../../../api/src/modules/organizations/organization-operations.service';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Output } from '../output';
import { readPageOptions, type PageOptions } from '../page-options';
import { toTable } from '../table';

/** `weir tenant list`: organizations in the order in which they were made, a page at a time. */
export async function tenantList(
  services: INestApplicationContext,
  output: Output,
  options: PageOptions,
): Promise<ExitCode> {
  const { limit, after } = readPageOptions(options, 'an organization');
  // One more than asked for tells whether there is a next page.
  const found = await services.get(OrganizationOperations).listAll(limit + 1, after);
  const organizations = found.slice(0, limit);
  const next = found.length > limit ? (organizations.at(-1)?.id ?? null) : null;
  output.result(
    {
      organizations: organizations.map(({ createdAt, ...rest }) => ({
        ...rest,
        createdAt: createdAt.toISOString(),
      })),
      next,
    },
    [
      ...toTable([
        ['id', 'kind', 'slug', 'name', 'state'],
        ...organizations.map(({ id, kind, slug, name, suspendedReason }) => [
          id,
          kind,
          slug ?? '',
          name,
          suspendedReason === null ? '' : `suspended: ${suspendedReason}`,
        ]),
      ]),
      ...(next === null ? [] : [`There are more: weir tenant list --after ${next}`]),
    ],
  );
  return EXIT.ok;
}
