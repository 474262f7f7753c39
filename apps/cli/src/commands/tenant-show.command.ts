import type { INestApplicationContext } from '@nestjs/common';
import type { ExaminedOrganization } from '../../../api/src/modules/administration/organizations-administration.repository';
import { OrganizationsAdministrationService } from '../../../api/src/modules/administration/organizations-administration.service';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Output } from '../output';

/** `weir tenant show`: one organization, by a present or former slug or by its id. */
export async function tenantShow(
  services: INestApplicationContext,
  output: Output,
  slugOrId: string,
): Promise<ExitCode> {
  const organization = await services.get(OrganizationsAdministrationService).get(slugOrId);
  const { id, kind, name, slug, suspendedReason, createdAt, members, owners } = organization;
  output.result(tenantToJson(organization), [
    `id         ${id}`,
    `kind       ${kind}`,
    `slug       ${slug ?? 'none'}`,
    `name       ${name}`,
    `made       ${createdAt.toISOString()}`,
    `members    ${members}, owned by ${owners.join(', ')}`,
    `state      ${suspendedReason === null ? 'active' : `suspended: ${suspendedReason}`}`,
  ]);
  return EXIT.ok;
}

export function tenantToJson({ owners, suspendedAt, createdAt, ...rest }: ExaminedOrganization) {
  return {
    ...rest,
    owners: [...owners],
    suspendedAt: suspendedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
